# 各屏各页共用的词

common-product = 阳光议事会
common-big = 大字
common-standard = 标准
common-back = 返回
common-close = 关闭
common-cancel = 取消
common-next = 下一步
common-save = 保存
common-send = 发送
common-edit = 修改
common-remove = 删除
common-more = 更多
common-undo = 撤销
common-loading = 正在打开……
common-skip = 跳到正文
common-hours = { $n } 小时
common-minutes = { $n } 分钟
common-seconds = { $n } 秒
common-unsent = 待发送
common-broken = 页面出了点小问题，刷新一下就好，您写的内容不会丢。
common-language = 语言
common-dot = {" "}·{" "}
common-colon = ：

common-phase-draft = 筹备中
common-phase-announced = 已公告
common-phase-postponed = 已延期
common-phase-cancelled = 已取消
common-phase-lobby = 等候开始
common-phase-live = 直播中
common-phase-paused = 暂停
common-phase-ended = 已结束
common-phase-minutes_review = 整理中
common-phase-published = 已公开
common-phase-archived = 已归档

common-role-host = 主持人
common-role-moderator = 审核员
common-role-secretary = 秘书
common-role-technician = 技术员
common-role-lawyer = 律师
common-role-npc_deputy = 人大代表
common-role-cppcc_member = 政协委员
common-role-committee_chair = 业委会
common-role-property_manager = 物业
common-role-official = 政府部门
common-role-unit_officer = 责任单位
common-role-grid_keeper = 网格员
common-role-resident_rep = 居民代表
common-role-admin = 系统管理员
common-role-tally_supervisor = 监票人
common-role-owner = 业主
common-role-resident = 居民
common-role-tenant = 租户
common-role-guest = 访客
common-role-screen = 大屏
common-role-auditor = 核查员
common-role-system = 系统

common-kind-ask = 提问
common-kind-report = 反映问题
common-kind-suggest = 意见建议

common-state-pending = 待审
common-state-pending_review = 待审
common-state-queued = 排队中
common-state-on_air = 正在回答
common-state-answered = 已答复
common-state-answered_written = 已书面答复
common-state-merged = 已合并
common-state-deferred = 会后书面答复
common-state-converted = 已转办
common-state-hidden = 已退回
common-state-rejected = 不予发布
common-state-appealed = 申诉中
common-state-withdrawn = 已撤回

common-reason-rude = 含有人身攻击
common-reason-personal_data = 含有个人信息
common-reason-duplicate = 与已有的重复
common-reason-unclear = 意思不清楚
common-reason-other = 其他原因
common-reason-advert = 是广告
common-reason-flooding = 刷屏
common-reason-unlawful = 内容违法
common-reason-off_topic = 与议题无关

common-agenda-opening = 开场
common-agenda-briefing = 情况介绍
common-agenda-law_talk = 普法讲解
common-agenda-explanation = 说明
common-agenda-questions = 提问与解答
common-agenda-speech = 发言
common-agenda-claiming = 认领
common-agenda-poll = 现场意向征询
common-agenda-consensus = 共识
common-agenda-closing = 结束

common-outcome-consensus = 共识
common-outcome-resolution = 议定事项
common-outcome-commitment = 承诺
common-outcome-suggestion = 建议
common-outcome-explanation = 解释
common-outcome-referral = 转办

common-verb-reply = 答复
common-verb-explain = 说明
common-verb-advise = 建议

common-way-real = 实名
common-way-building = 楼号 + 称呼
common-way-anonymous = 匿名

common-sample = 示例

# 播放器
common-player-replay = 会议录像
common-player-captions = 字幕
common-player-chapters = 录像目录
common-player-download = 下载录像
