import { describe, expect, it } from 'vitest';
import { sitesOf } from '../src/core/siteReport';

describe('a search for sites', () => {
  it('reads stations in their order, and a share only where one is told', () => {
    const report = sitesOf({
      beds: 240,
      without_cover: 12,
      candidates: 30,
      is_estimate: true,
      gained: 9,
      gap: 0.02,
      beyond_reach: { beds: 1, ids: ['bed-9'] },
      stations: [
        { order: 1, near: '乐家湾', lat: 36.6, lon: 101.8, beds: 6, share_after: 0.97 },
        { order: 2, near: '长宁镇', lat: 36.9, lon: 101.7, beds: 3, share_after: null },
      ],
    });
    expect(report).toMatchObject({ withoutCover: 12, isEstimate: true, gap: 0.02, beyond: 1, beyondIds: ['bed-9'] });
    expect(report.stations.map((one) => [one.near, one.shareAfter])).toEqual([['乐家湾', 0.97], ['长宁镇', null]]);
  });

  it('reads nothing out of nothing', () => {
    expect(sitesOf({ stations: 3, beyond_reach: null })).toMatchObject({ beds: 0, isEstimate: false, beyondIds: [], stations: [] });
  });
});
