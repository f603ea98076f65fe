# 大屏

screen-on-air = 正在回答
screen-number = 第 { $number } 号
screen-supporters = { $n } 人支持
screen-cited = 引用：{ $cites }
screen-and = 、
screen-next = 接下来
screen-agenda = 议程
screen-captions = 实时字幕
screen-watching = 人在线
screen-lost = 正在重新连接……
screen-shut = 大屏链接已失效，请换新链接
screen-join = 参加会议
screen-qr = 参加会议的二维码
screen-scan = 微信扫一扫
screen-scan-for = 提问 · 征询
screen-code = 会议码
screen-poll = 现场意向征询
screen-poll-note = 不是业主表决
screen-poll-closed = 征询结果
screen-poll-left = 还剩
screen-poll-chosen = 已选
screen-poll-voters = 已有 { $n } 人选择
screen-poll-households = 已有 { $n } 户选择
screen-welcome = 欢迎参加
screen-soon = 马上开始
screen-in = { $time } 开始，还有 { $span }
screen-at = { $when } 开始
screen-break = 会议暂停
screen-break-note = 提问还可以继续提交
screen-over = 会议结束，谢谢大家
screen-over-note = 没答完的提问会书面答复，扫码可以看进展
screen-over-publish = 回放和纪要 { $day }公开

screen-picture-interrupted = 线上信号中断，正在恢复
screen-picture-held = 线上画面已遮住
screen-picture-unrecorded = 直播正常，未录制
