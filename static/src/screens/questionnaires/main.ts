/* List, results and paper of questionnaires are read without script: this only brings their looks. */
import '@/style/tokens.css'
import '@/style/base.css'
import '../pages/pages.css'
import '@/style/asking.css'
import '@/style/findings.css'
