"""Ordinary lines of council talk, made from what residents, staff and lawyers say in many ways; the same each time.

No line of it deserves to be held. Numbers and places vary as they do in an estate.
"""

from __future__ import annotations

import itertools
import random

PLACES = """3号楼 7号楼2单元 四八号楼 东门 北门岗亭 地下车库 中心花园 小区广场 垃圾分类点 快递柜 儿童乐园 健身角 消防通道
物业办公室 业委会办公室 微型消防站 社区议事厅 一楼大厅 楼顶天台 电梯机房 配电室 水泵房 自行车棚 充电桩 南侧围墙 商铺门口
回民街 清真餐厅 老年食堂 幼儿园门口 公交站 人行道 楼道 二单元 5栋 12号楼""".split()
THINGS = """电梯 路灯 监控 门禁 单元门 供暖 水压 下水道 外墙保温 屋面防水 楼道灯 消防栓 灭火器 充电桩 停车位 绿化带 长椅 公示栏
健身器材 垃圾桶 减速带 对讲机 道闸 水箱 雨棚 扶手 无障碍坡道 智能水表 消防水带 晾衣架 宣传栏""".split()
WHO = """物业公司 业委会 社区居委会 街道办 住建局 消防救援站 供热公司 自来水公司 电梯维保单位 网格员 楼长 单元长 人大代表 律师
政协委员 马主任 纳书记 哈大爷 阿依古丽·买买提 李阿姨 张师傅 王律师 陈代表 赵老师 马建国 小周""".split()
DONE = """坏了 不亮 漏水 生锈 堵了 松动 没人管 一直没修 又停了 声音很大 太暗 太滑 破损严重 需要更换 需要检修 长期闲置 经常故障
换过一次 已经修好 上周刚检查过""".split()
WHEN = """什么时候能修好 年底前能完成吗 几月份开始施工 有没有时间表 多久能给答复 下周能来看看吗 能不能列入今年计划 是否需要业主投票
钱从哪里出 维修资金够不够 要多少户同意 谁来监督 合同什么时候到期 能公示一下明细吗 有没有备用方案""".split()
TALK = """支持加装电梯，一楼住户的补偿也要考虑。|我同意先修屋面再换保温。|请把收支明细贴到公示栏。|老人上下楼实在不方便。
谢谢律师的解答，听明白了。|代表说得对，先商量再决定。|按民法典第二百七十八条，双过半才有效。|希望物业费标准能再商量。|我家孩子上学要走这条路。
会议录像在哪里回看？|声音有点小，麦克风近一点。|字幕很清楚，点赞。|我是租户，可以提意见吗？|能不能把会议改到周末？|雨天路面积水，请注意安全。
冬天暖气不热，测温只有十六度。|垃圾清运每天两次比较合适。|养狗请拴绳，大家互相体谅。|晚上十点以后不要跳广场舞。|停车费收入应该归全体业主。
快递放在门口容易丢。|充电桩数量不够，建议再装六个。|消防通道不能停车，请大家自觉。|楼道里不要堆放杂物。|建议安装监控，夜里安全一些。
门禁卡在哪里补办？|我投反对票，理由是费用太高。|弃权也算参加表决吗？|请问委托书怎么写？|公摊面积怎么计算？|合同期满后物业怎么交接？
社区食堂的饭菜不错，清真窗口也有。|开斋节那天能不能改时间？|回族老人多，请考虑饮食习惯。|感谢网格员帮我奶奶登记。|12345热线已经受理了。
孩子们在车道上玩很危险。|请把议题提前三天公布。|这件事拖了两年了，请给个说法。|我们单元已经有八户签字。|三楼以下也愿意出一部分。
维修资金动用需要三分之二参与表决。|能不能分期付款？|请代表帮忙向街道反映。|家里有轮椅，坡道太陡了。|路灯坏了三盏，已经报修。
能不能组织一次消防演练？|请业委会公布换届时间。|楼上漏水应该找谁？|邻居装修噪音太大，周末能不能停一停？|物业电话总是占线。
车位租金一个月一百五十元合理吗？|上次会议说的事落实了吗？|我赞成先试行三个月。|请把方案发到居民群里。|手机不会操作，能不能纸质投票？
老年大学的课很受欢迎。|共享单车乱停，堵住了门口。|夏天蚊子多，请定期消杀。|井盖响得厉害，夜里睡不着。|希望保留这棵老树。
二次供水水质检测报告在哪里看？|入户调查问卷我已经填好了。|律师讲得很实在。|请解释一下百分之七十三点六九是怎么算的。|我家面积是八十九平方米。
开发商遗留的产权问题怎么办？|建议引入第三方评估。|请公开三家比价结果。|施工期间怎么出行？|工人师傅辛苦了。|LED路灯比较省电。|门口的AED谁会用？|WiFi信号不好，回看卡顿。
APP里找不到报修入口。|PPT能不能发出来？|地下车库有ETC吗？|QQ群里有通知。|B座和C座都停水。|5G基站离楼太近。|OK，同意。|发票可以开给业委会吗？
代表代为表决可以吗？|刷卡进门总失灵。|卖废品的三轮车占道。|保健品讲座不要进社区。|打麻将声音太大。|他家的狗没拴绳，吓到孩子了。|打扫卫生的师傅很认真。
车位转租要登记。|请核对签名和委托书。|这个价格比隔壁小区高。|听说要换物业，是真的吗？|能不能查一下维修资金的去向？|中介带人看房，门禁形同虚设。
装修垃圾不要放楼道。|药店旁边的路不平。|老年人打疫苗在哪里登记？|枪决这个说法不合适，请主持人提醒。|赌气没有用，还是坐下来商量。|红包补贴取消了吗？""".replace(
    "\n", "|"
).split("|")
SHAPES = (
    "{place}的{thing}{done}，{when}？",
    "请问{who}，{place}的{thing}{when}？",
    "{who}您好，{thing}{done}，麻烦看一下。",
    "{place}{thing}{done}已经{n}个月了。",
    "建议{who}在{place}增加{thing}，费用大约{n}千元。",
    "我住{place}附近，{thing}{done}，请{who}协调。",
    "{thing}的事{who}上次答应过，{when}？",
    "同意更换{thing}，每户分摊{n}元可以接受。",
    "{who}说{place}的{thing}{n}月{m}日前修好，请跟进。",
    "支持{who}的方案，{place}先试点。",
    "{place}有{n}户反映{thing}{done}。",
    "{thing}{when}？我们{n}户老人都盼着。",
    "谢谢{who}，{place}的{thing}现在好用了。",
    "{place}能不能装{thing}？{when}？",
)
_SEED = 20260516


def lines(count: int = 6_000) -> list[str]:
    """So many different lines, a third of them said just so by somebody, the others put together."""
    chance = random.Random(_SEED)
    said = [line.strip() for line in TALK if line.strip()]
    joined = [a + b for a, b in itertools.permutations(said, 2)]
    made = said + chance.sample(joined, count // 3)
    seen = set(made)
    while len(made) < count:
        line = chance.choice(SHAPES).format(
            place=chance.choice(PLACES),
            thing=chance.choice(THINGS),
            who=chance.choice(WHO),
            done=chance.choice(DONE),
            when=chance.choice(WHEN),
            n=chance.randint(2, 12),
            m=chance.randint(1, 28),
        )
        if line not in seen:
            seen.add(line)
            made.append(line)
    return made
