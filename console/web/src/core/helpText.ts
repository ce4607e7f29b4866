/** What a family is told of the help that is under way, line by line (pure). */
import type { Incident } from '../api/types';
import { shortTimeText } from './ages';
import { t } from '../messages';

/** Each helper's step in words; while there is none, what is being done about it. */
export function helpText(incident: Incident): string[] {
  const lines = incident.helpers.flatMap((helper): string[] => {
    switch (helper.state) {
      case 'ACCEPTED':
      case 'MOVING':
        return [
          helper.eta_at === null
            ? t('family.comingSoon', { name: helper.name })
            : t('family.coming', { name: helper.name, time: shortTimeText(helper.eta_at) }),
        ];
      case 'ARRIVED':
        return [t('family.there', { name: helper.name, time: shortTimeText(helper.arrived_at) })];
      case 'RELEASED':
        return helper.arrived_at === null ? [] : [t('family.helperDone', { name: helper.name })];
      case 'STALLED':
        return [];
    }
  });
  if (lines.length > 0) return lines;
  return [t(incident.state === 'UNCOVERED' ? 'family.uncovered' : 'family.searching')];
}
