import { expect, it } from 'vitest';
import { extraRights, RIGHTS as WORDED } from '../../console/staff/right-words.ts';
import { RIGHTS, ROLES, rightsOf } from '../../server/staff/rights.ts';

it('the console has words for each right, in the order of the server', () => {
  expect(WORDED).toEqual(RIGHTS);
});

it.each(ROLES)('what the console offers beyond the role %s is what the role lacks', (role) => {
  const has = rightsOf({ role, grants: '' });
  expect(extraRights(role)).toEqual(RIGHTS.filter((right) => !has.includes(right)));
});
