/** What stands where a person was erased, in the language of the page. */
import { t } from '.';

/** As the database writes it. */
const ERASED = '已删除';

/** A name, an address or a reason as it is shown; where nothing but the mark is left, that is said in words. */
export const erasedOr = (text: string): string => (text === ERASED ? t('app.erased') : text);
