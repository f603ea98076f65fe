# 字幕台：志愿者把会上的话打成字幕

captions-title = 字幕台
captions-written = 已经打的字幕
captions-empty = 还没有字幕，听到什么写什么。
captions-stream-offline = 没有画面
captions-stream-live = 画面正常
captions-stream-interrupted = 画面中断
captions-stream-held = 画面已遮住
captions-stream-ended = 直播已停
captions-held = 画面正被遮住：现在打的字幕，居民当场看得到，不进会后的公开记录。
captions-shut = 您没有这个会的字幕台权限，请用志愿者的链接再进一次。
captions-away = 网络断了，正在接。您接着打，接上以后自动补送，时间不会错。
captions-soon = 会还没开始。开始以后在这里打字幕。
captions-over = 会开完了。之前的字幕还可以在上面改。

captions-who = 谁在说话
captions-nobody = 不写谁说的
captions-someone = 别的人…
captions-somebody = 某某
captions-name = 说话人的名字
captions-add = 加上
captions-line = 字幕，一次一句
captions-place = 听到什么写什么，回车送出
captions-help = 空行时按 1–9 选说话人（打着字时用 Alt+数字），F2–F10 插入短语，空行时按 ↑ 改上一句。要以数字开头，先打一个空格。
captions-long = 这一句长了，先按回车送出，再接着打。
captions-fix = 改
captions-mend = 改这一句，回车保存，Esc 不改
captions-mend-line = 改：{ $text }
captions-mended = 改过
captions-heard = 机器听写
captions-accept = 没错
captions-accept-line = 没错：{ $text }
captions-guess = 机器正在听：
captions-other = 别人正在打（{ $name }）：

captions-phrases = 常用短语
captions-phrases-how = 一行一条，前八条可以按 F2–F10。@ 换成正在说话的人的名字。只存在这个浏览器里。
captions-phrase-1 = 各位居民，大家好。
captions-phrase-2 = 请@回答。
captions-phrase-3 = 欢迎@。
captions-phrase-4 = 《民法典》第二百七十八条
captions-phrase-5 = 《民法典》第二百八十一条
captions-phrase-6 = 专有部分面积占比三分之二以上的业主
captions-phrase-7 = （掌声）
captions-phrase-8 = （听不清）

captions-where = 您在哪里听
captions-hall = 我在会场
captions-live = 我听直播
captions-hall-note = 字幕的时间按您开始打字的时刻记。
captions-live-note = 直播晚了约 { $n } 秒，字幕的时间已经替您减掉。
captions-no-picture = 开播以后，不在会场的人可以在这里听直播。
