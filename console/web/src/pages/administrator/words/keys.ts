/** The keys of the administrator's words: those that there are in Chinese. */
import type { zhCN } from './zh-CN';

export type WordKey = keyof typeof zhCN;
