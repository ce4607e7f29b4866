import { describe, expect, it } from 'vitest';
import { matchPath, searchOf } from '../src/core/paths';

describe('addresses of pages', () => {
  it('finds what the parts of a path stand for', () => {
    expect(matchPath('/admin/rules/:rule', '/admin/rules/heart_rate')).toEqual({ rule: 'heart_rate' });
    expect(matchPath('/admin/people/:id', '/admin/people/r%2F1%20a/')).toEqual({ id: 'r/1 a' });
    expect(matchPath('/admin', '/admin/')).toEqual({});
  });

  it('takes no other path for it', () => {
    expect(matchPath('/admin/rules/:rule', '/admin/rules')).toBeNull();
    expect(matchPath('/admin/rules/:rule', '/admin/rules//')).toBeNull();
    expect(matchPath('/admin/rules', '/admin/plans')).toBeNull();
    expect(matchPath('/admin/rules/:rule', '/admin/rules/%E4%B8')).toBeNull();
  });

  it('writes down only what has a value', () => {
    expect(searchOf({ area: '630102', hour: 0, circle: null, state: '', after: undefined })).toBe('?area=630102&hour=0');
    expect(searchOf({ area: null })).toBe('');
  });
});
