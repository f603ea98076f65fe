# 紧急停：画面和发言一起停下，各个页面的说明；审核台和主播台的按钮。
halt-stop = 紧急停
halt-label = 已经停下的画面和发言
halt-on-both = 画面和发言已停
halt-on-words = 发言已停
halt-on-picture = 画面已停
halt-by = { $name } { $at } 停下{ $minutes ->
    [0] {""}
   *[other] ，已 { $minutes } 分钟
  }
halt-why = 原因
halt-reason-check = 正在核实
halt-reason-unlawful = 不当内容
halt-reason-personal_data = 他人隐私
halt-reason-disorder = 现场秩序
halt-reason-fault = 设备故障
halt-lift = 全部恢复
halt-lift-words = 只恢复发言
halt-lift-picture = 只恢复画面
halt-told = 画面和发言都停了，大家看到的是说明
halt-told-lifted = 画面和发言都恢复了
halt-told-words = 发言恢复了
halt-told-picture = 画面恢复了

halt-card-both = 画面和发言暂停一会儿
halt-card-words = 发言暂停一会儿
halt-card-picture = 画面暂停一会儿
halt-card-why-check = 工作人员正在核实情况，请稍等。
halt-card-why-unlawful = 刚才有不当内容，工作人员正在处理，请稍等。
halt-card-why-personal_data = 刚才涉及他人隐私，工作人员正在处理，请稍等。
halt-card-why-disorder = 现场需要先恢复秩序，请稍等。
halt-card-why-fault = 设备出了故障，正在修复，请稍等。
halt-card-note = { $at } 起暂停，好了会自动恢复，不用刷新；已经交的提问不会丢。
