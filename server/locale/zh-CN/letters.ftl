# 称呼、房屋的叫法，进门页，邀请信

letters-building = { $name }号楼
letters-stair = { $name }单元
letters-unit = { $building }{ $stair }{ $room }
letters-call-neighbour = 居民
letters-admin = 系统管理员

letters-enter-title = 进入会场
letters-enter-hello = 您收到了一个个人链接
letters-enter-text = 点下面的按钮，就在这台设备上进入。链接只给您本人用，请不要转发。
letters-enter-confirm = 确认是我，进入
letters-enter-working = 正在进入……
letters-enter-missing = 链接不完整。请从收到的消息里重新点开，或请工作人员再发一次。
letters-enter-used = 这个链接已经失效。请工作人员再发一个。
letters-enter-full = 这个链接已经在 3 台设备上用过。请工作人员收回一台，再试一次。
letters-enter-offline = 网络不通，没有进去。请再点一次。
letters-enter-noscript = 请打开浏览器的脚本功能，再点开链接。

letters-page-title = 邀请信
letters-page-head = { $estate } · 邀请信 { $n } 封
letters-page-print = 打印
letters-page-hint = 每页八封，沿虚线裁开，一户一封。邀请码只给这一户用，请装信封送到家。
letters-page-none = 还没有邀请码。请先在管理页为这个小区生成邀请码。
letters-page-loopback = 现在的网址 { $url } 只有这台电脑能打开，手机打不开，所以不能印信。请用 --public-url 写明居民能打开的网址，再来打印。
letters-to = { $unit } 住户：
letters-text = 请扫码参加
letters-when = { $day } { $time }
letters-code = 您家的邀请码
letters-how = 扫码后点“我要参与”，选好楼号房号，填这个码，就能提问、支持、评论。只看不用填。
letters-by-hand = 也可以在浏览器输入：{ $url }
letters-phone = 有问题请打 { $phone }
letters-qr = 二维码：{ $url }
