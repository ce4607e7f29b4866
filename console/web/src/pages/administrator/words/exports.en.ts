/** Copies of what is held of a person, in English. */
import type { exports as zh } from './exports.zh-CN';

export const exports: Record<keyof typeof zh, string> = {
  'export.title': 'Copy of their data',
  'export.hint': 'Everything that the platform holds of this person as one ZIP file (tables, what they mean, pictures), to answer a request for access. Other people’s data and keys are not in it; who took it out, when and why stands in the audit log. Make sure who is asking before you hand it over.',
  'export.whose': 'Whose',
  'export.resident': 'resident {name}',
  'export.family_member': 'relative {name}',
  'export.responder': 'responder {name}',
  'export.why': 'Reason',
  'export.whyExample': 'e.g. written request of the person, number …',
  'export.take': 'Make and download',
  'export.left': '{n} more in 24 hours (at most {most})',
  'export.begins': 'Beginning…',
  'export.comes': '{n} of {of}: {what} ({rows} rows so far)',
  'export.done': 'Done; the file is where your browser keeps downloads.',
  'export.broken': 'It broke off. Trying again with the same reason within 30 minutes does not count.',
  'export.never': 'Nobody has taken it out yet',
  'export.at': 'When',
  'export.by': 'Who',
};
