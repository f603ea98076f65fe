# 每个拒绝代码一句话：发生了什么，接下来怎么办

refused-unclear = 没看懂这个操作，请刷新页面再试。
refused-unclear-text = 内容里有不能用的字符，请改一下再发。
refused-unclear-name = 姓名里有不能用的字符，请只写文字。
refused-too-large = 写得太长了，最多 { $limit } 个字。
refused-too-fast = 点得太快了，请稍等几秒再试。
refused-too-fast-wait = 点得太快了，请等 { $wait } 再试。
refused-forbidden = 您现在的身份不能做这一步。
refused-not-found = 找不到了，可能已经被撤回或处理。
refused-not-open = 现在没有开放。
refused-wrong-state = 现在的状态不能做这一步。
refused-taken = 这一条已经提交过了。
refused-own-question = 自己提的问题不用支持，已经算上您了。
refused-slow-down = 发得有点快，请稍等再发。
refused-slow-down-wait = 发得有点快，请等 { $wait } 再发。
refused-muted = 您暂时不能发言。
refused-unverified = 要先核对是哪一家，才能做这一步。
refused-changed = 刚刚有人改了这条，没有照您的做。请看清楚再决定。
refused-busy = 系统正忙，正在为您重新发送。
refused-unavailable = 系统暂时不可用，请稍后再试。
refused-storage-full = 存储空间不足，请联系工作人员。
refused-unsent = 网络不通，这一步没有做成，请再试一次。
refused-offline = 网络不通，请检查网络后再试。
refused-forbidden-watch = 这场会议要会议码或本小区住户身份才能看。
refused-other = 没有做成（{ $code }）。
