/** Writes the words of every group of codes beside the pages, for what the server hands out: nobody keeps them twice. */
import type { Plugin } from 'vite';
import { copies as copiesBo } from '../src/copies/bo';
import { copies as copiesEn } from '../src/copies/en';
import { copies as copiesZh } from '../src/copies/zh-CN';
import { bo } from '../src/messages/bo';
import { en } from '../src/messages/en';
import { LANGUAGE_NAMES, LANGUAGES, type Language } from '../src/messages/languages';
import { zhCN } from '../src/messages/zh-CN';
import { bo as administrationBo } from '../src/pages/administrator/words/bo';
import { en as administrationEn } from '../src/pages/administrator/words/en';
import { zhCN as administrationZh } from '../src/pages/administrator/words/zh-CN';

/** The groups that columns of `carecircle/persons` name; a test of the server holds the two equal. */
const GROUPS = [
  'actor', 'audience', 'auditDid', 'auditHow', 'auditObject', 'auditPurpose', 'basis', 'bedTest', 'bedTestWhy', 'change', 'channel', 'circle',
  'confidence', 'correction', 'cover', 'drillState', 'erasureAct', 'erasureAskedBy', 'erasureTopic', 'erasureWhy', 'event', 'evidence', 'family', 'frailty', 'held', 'helper',
  'history', 'kind', 'language', 'message', 'mode', 'offer', 'outcome', 'positionSource', 'power', 'priority', 'purpose', 'reach', 'reason',
  'registerChange', 'role', 'skill', 'source', 'state', 'step', 'terrain', 'told', 'verification', 'visit.aware', 'visit.proof',
];

type Words = Readonly<Record<string, string>>;

/** What the pages of everybody say counts before what the administration says. */
const CATALOGUES: Record<Language, Words> = {
  'zh-CN': { ...administrationZh, ...zhCN, ...copiesZh },
  en: { ...administrationEn, ...en, ...copiesEn },
  bo: { ...administrationBo, ...bo, ...copiesBo },
};

/** The words of one language, by group and code. */
export function wordsOf(language: Language): Record<string, Words> {
  const words = CATALOGUES[language];
  const tables: Record<string, Words> = { statement: { false: words['no'] ?? '', true: words['yes'] ?? '' }, written: LANGUAGE_NAMES };
  for (const group of GROUPS) {
    const found = Object.entries(words).filter(([key]) => key.startsWith(`${group}.`) && !key.slice(group.length + 1).includes('.'));
    if (found.length === 0) throw new Error(`no text of the pages begins with ${group}.`);
    tables[group] = Object.fromEntries(found.map(([key, word]) => [key.slice(group.length + 1), word]));
  }
  return tables;
}

export function wordsOfCodes(): Plugin {
  return {
    name: 'carecircle-words-of-codes',
    apply: 'build',
    generateBundle() {
      const tables = Object.fromEntries(LANGUAGES.map((language) => [language, wordsOf(language)]));
      this.emitFile({ type: 'asset', fileName: 'words.json', source: `${JSON.stringify(tables, null, 1)}\n` });
    },
  };
}
