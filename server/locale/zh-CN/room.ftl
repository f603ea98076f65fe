# 直播间

room-stage = 直播画面
room-watching = 正在看的人数
room-more = 消息和设置
room-halted = 画面暂停一会儿
room-paused = 会议暂停
room-stream-offline = 画面马上就来
room-stream-ended = 画面已停，会议还在开
room-stream-more = 提问、评论照常
room-unrecorded = 未录制
room-ended-title = 会议已结束
room-ended-more = 谢谢大家参加
room-cancelled = 会议已取消
room-postponed = 会议已延期
room-not-yet = 会议还没有开始
room-starts-in = 还有 { $wait }开会
room-starts-soon = 马上开始
room-over = 正在整理记录，整理好后公开。
room-over-soon = 正在整理记录，{ $day }公开。
room-over-published = 回放、字幕、答复和议定事项都已公开。
room-to-archive = 看回放和记录
room-reconnecting = 网络不好，正在重连，您写的内容不会丢。
room-polling = 网络受限，消息会慢几秒。
room-stale = 有新版本，写完后刷新页面即可。

room-on-air = 正在回答
room-number = 第 { $n } 号
room-supporters = { $n } 人支持
room-plate = （{ $words }）
room-is-answering = 在台上回答
room-asked-to = 请 { $name } 回答

room-tabs = 直播间栏目
room-tab-questions = 提问
room-tab-comments = 评论
room-tab-agenda = 议程
room-tab-polls = 征询

room-waiting = 排队中 { $n } 个
room-new-questions = { $n } 个新问题
room-most-supported = 最多支持
room-newest = 最新
room-no-questions = 还没有排队的问题，您可以第一个提。
room-show-more = 再看 { $n } 个
room-ended = 已有下文 { $n } 个
room-support = 支持
room-supported = 已支持
room-yours = 我的
room-merged-count = 合并 { $n } 个
room-asks-whom = 想问{ $who }
room-edited = 文字经审核修改
room-channel-on_behalf = 代提
room-channel-phone = 电话提问
room-channel-paper = 纸条提问
room-channel-collected = 会前收集
room-fate-deferred = { $day }前书面答复
room-fate-converted = 已转办 { $slip }
room-fate-merged = 已合并到第 { $n } 号
room-answer-written = 书面答复
room-answer-spoken = 当场答复
room-corrected = 已更正
room-cite = 《{ $law }》{ $article }

room-mine = 我的提问
room-mine-place = 排队第 { $n } 位
room-mine-merged = 已合并到第 { $n } 号
room-open = 展开
room-fold = 收起
room-step-received = 已收到
room-step-passed = 已通过
room-step-queued = 排队中
room-step-answer = 回答
room-asked-at = { $at } 提交
room-was-edited = 您写的原文：{ $text }
room-returned-because = 没有公开，原因：{ $reason }。
room-rewrite = 修改再提
room-appeal = 申诉
room-appeal-why = 请写明理由，由另一位审核员复核
room-appeal-send = 提交申诉
room-appeal-sent = 申诉已收到，由另一位审核员复核。
room-appealed = 已申诉，等待复核。
room-withdraw = 撤回这一条
room-withdrawn = 已撤回。

room-ask = 我要提问

room-poll = 意向征询
room-poll-left = 还剩
room-poll-go = 去选择
room-poll-change = 已选 · 查看
room-poll-open = 进行中

room-applause = 点赞 { $n }

room-join = 我要参与
room-join-why-ask = 提问要先核对是哪一家，只看直播不用。
room-join-why-support = 支持要先核对是哪一家，一人算一次。
room-join-why-comment = 评论要先核对是哪一家。
room-join-why-poll = 意向征询要先核对是哪一家。
