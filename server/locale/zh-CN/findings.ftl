# 问卷结果：问卷页、会议室、大屏、归档共用

findings-title = 问卷结果
findings-kind-single = 单选
findings-kind-multiple = 可多选
findings-kind-multiple-most = 最多选 { $most } 项
findings-kind-scale = 打分，1 到 { $most }
findings-kind-number = 填数字
findings-kind-text = 写一写
findings-base = { $n } 户答了这一题（收回 { $answered } 户，名册共 { $households } 户）
findings-few = { $n } 户答了这一题。总共不足 5 户，或用手机作答的不足 5 户，不列细目，免得看出是谁家。
findings-share = { $percent }%（{ $n }/{ $base } 户）
findings-mean = 平均 { $mean }
findings-median = 中间值 { $median }
findings-over-hundred = 每户可以选几项，合计会超过 100%。
findings-texts-number = 已公布 { $n } 条文字，见问卷结果页。
findings-no-texts = 没有可以公布的文字。
findings-texts-help = 文字经社区看过再公布，电话、房号等已遮住，不写是谁家说的。
findings-more-texts = 还有 { $n } 条，没有列在这里。
findings-at = 用于议程：{ $item }
findings-returned = 收回 { $answered } 户，名册共 { $households } 户，其中纸质 { $paper } 户
findings-bind-nobody = 问卷只供议事参考，不是业主表决。
