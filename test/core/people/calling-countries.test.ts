import { describe, expect, test } from '@jest/globals';
import { callingCountry } from '../../../src/core/people/calling-countries.ts';

describe('the country of a business number', () => {
  test.each([
    ['+90 532 123 45 67', 'Turkey'],
    ['20 100 123 4567', 'Egypt'],
    ['+84 91 234 56 78', 'Vietnam'],
    ['+234 802 123 4567', 'Nigeria'],
  ])('%s cannot ask: %s', (number, name) => {
    expect(callingCountry(number)).toMatchObject({
      may: 'no',
      message: expect.stringContaining(name),
    });
  });

  test.each([
    ['+1 650 555 1234', 'the USA'],
    ['+1 416 555 0123', 'Canada'],
    ['+1 876 555 0123', 'JM'],
    ['15550783881', 'an unknown country'],
  ])('%s is in doubt, by the shared +1: %s', (number, name) => {
    expect(callingCountry(number)).toMatchObject({
      may: 'doubtful',
      message: expect.stringContaining(name),
    });
  });

  test.each(['+49 30 901820', '+55 11 91234-5678', '', 'no number', undefined])(
    '%p may, or is not judged',
    (number) => {
      expect(callingCountry(number)).toEqual({ may: 'yes' });
    },
  );

  test.each([
    ['+1 650 555 1234', 'the USA'],
    ['+1 416 555 0123', 'Canada'],
  ])('%s: it is said why it is in doubt', (number, where) => {
    expect(callingCountry(number)).toEqual({
      may: 'doubtful',
      message: `The business number ${number} has the code +1 (${where}, by its area code). Business numbers of the USA and Canada cannot start calls, so they cannot ask for the permission; whether the shared +1 alone decides, Meta does not say.`,
    });
  });
});
