/* Copy a link so that it can be pasted into a message; where the browser will not, it can still be marked by hand. */
import { t } from '@/i18n'
import { tell } from '@/notices'

export async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    tell(t('admin-copied'), 'good')
  } catch {
    tell(t('admin-copy-failed'), 'bad')
  }
}
