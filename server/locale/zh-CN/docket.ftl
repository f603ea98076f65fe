# 业主表决工作台：议案、计票、规则

docket-title = 业主表决工作台
docket-other-language = English
docket-comma = 、
docket-reconnecting = 网络断了，正在重新连接。页面上的数字可能不是最新的。
docket-tab-motions = 议案
docket-tab-count = 计票
docket-tab-roster = 名册
docket-tab-proxies = 授权委托
docket-tab-service = 送达
docket-tab-paper = 纸质票
docket-tab-questionnaires = 问卷
docket-tab-rules = 表决规则
