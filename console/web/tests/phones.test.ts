import { describe, expect, test } from 'vitest';
import { airDistanceM, isNear } from '../src/core/geofence';
import { mapLinks } from '../src/core/mapLinks';
import { noteOf } from '../src/core/note';
import { keyBytes, pushState, type PushFacts } from '../src/core/push';
import { vitalsOf } from '../src/core/vitals';

const BED = { lat: 36.62, lon: 101.78 };

describe('at the bed', () => {
  test('distances are those of a map', () => {
    expect(airDistanceM(BED, BED)).toBe(0);
    expect(airDistanceM(BED, { lat: 36.63, lon: 101.78 })).toBeCloseTo(1111.95, 0);
    expect(airDistanceM({ lat: 0, lon: 179.999 }, { lat: 0, lon: -179.999 })).toBeCloseTo(222.39, 0);
    expect(airDistanceM({ lat: 90, lon: 0 }, { lat: -90, lon: 0 })).toBeCloseTo(20_015_114.4, 0);
  });

  test.each([
    [0, 5, true],
    [149, 0, true],
    [151, 0, false],
    [240, 95, true],
    [260, 100, false],
    [900, 5000, false],
  ])('%i m away, give or take %i m: %s, as the server has it', (metres, accuracy, near) => expect(isNear(metres, accuracy)).toBe(near));
});

describe('map applications', () => {
  const chinese = { lat: 36.619, lon: 101.782 };
  test('Chinese maps get their own datum, a geo address the one of its standard, and nobody a name', () => {
    const [amap, geo] = mapLinks(BED, chinese, false);
    expect(amap?.href).toContain('to=101.782000,36.619000&');
    expect(geo?.href).toBe('geo:36.620000,101.780000?q=36.620000,101.780000');
    expect(mapLinks(BED, chinese, true)[1]?.href).toContain('daddr=36.619000,101.782000');
  });
});

describe('being told', () => {
  const facts: PushFacts = { hasPush: true, isAppleMobile: false, isInstalled: false, publicKey: 'k', permission: 'granted', isSubscribed: true };
  test.each([
    [{}, 'on'],
    [{ isSubscribed: false }, 'off'],
    [{ permission: 'default' }, 'off'],
    [{ permission: 'denied' }, 'denied'],
    [{ publicKey: null }, 'not_set_up'],
    [{ hasPush: false }, 'unsupported'],
    [{ hasPush: false, isAppleMobile: true }, 'needs_install'],
    [{ isAppleMobile: true, isInstalled: true }, 'on'],
  ] as [Partial<PushFacts>, string][])('%o is %s', (changed, state) => expect(pushState({ ...facts, ...changed })).toBe(state));

  test('keys come out as the bytes that went in', () => expect([...keyBytes('BP4z-_8')]).toEqual([4, 254, 51, 251, 255]));

  test('a message is shown, whatever it is, and leads nowhere else', () => {
    const at = 'https://care.example';
    const said = { id: '7', title: '有人需要帮助', text: '请接单', lang: 'zh-CN', url: `${at}/offer?token=x` };
    expect(noteOf(JSON.stringify(said), at)).toEqual({ title: '有人需要帮助', body: '请接单', tag: '7', lang: 'zh-CN', url: '/offer?token=x' });
    for (const broken of ['', 'null', '[]', '{"title":7}', '"text"', '{']) expect(noteOf(broken, at).body).toContain('请打开');
    for (const url of ['https://elsewhere.example/x', 'javascript:alert(1)', '//elsewhere.example', 'http://[']) expect(noteOf(JSON.stringify({ url }), at).url).toBe('/');
  });
});

describe('vital signs that were typed', () => {
  test('numbers count, empty fields were not measured', () => {
    expect(vitalsOf({ heart_rate_bpm: ' 92 ', body_temperature_c: '36,6', spo2_percent: '' })).toEqual({ measured: { heart_rate_bpm: 92, body_temperature_c: 36.6 }, wrong: [] });
  });
  test.each([
    [{ heart_rate_bpm: '3000' }, ['heart_rate_bpm']],
    [{ heart_rate_bpm: '72.5' }, ['heart_rate_bpm']],
    [{ body_temperature_c: '366' }, ['body_temperature_c']],
    [{ spo2_percent: '-5' }, ['spo2_percent']],
    [{ systolic_mmhg: '90', diastolic_mmhg: '120' }, ['diastolic_mmhg']],
    [{ heart_rate_bpm: '1e2' }, ['heart_rate_bpm']],
  ])('%o cannot be', (typed, wrong) => expect(vitalsOf(typed).wrong).toEqual(wrong));
});
