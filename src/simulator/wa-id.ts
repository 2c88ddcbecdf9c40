/**
 * From the number asked to the `wa_id` Meta answers with. They differ in three countries,
 * so two inputs can be one person: the trap for senders that count people by what they typed.
 */

/** Brazilian area codes that keep the ninth digit. */
const BRAZIL_KEEPS_NINE = new Set([
  '11',
  '12',
  '13',
  '14',
  '15',
  '16',
  '17',
  '18',
  '19',
  '21',
  '22',
  '24',
  '27',
  '28',
]);

/** Only the digits of a number as a person may write it. */
export function digitsOf(number: string): string {
  return number.replace(/\D/g, '');
}

/** The `wa_id` of a number given in digits with country code. */
export function waIdOf(digits: string): string {
  // The ninth digit stands before mobile numbers, whose eight begin with 6 to 9.
  const [, area, local] = /^55(\d{2})9([6-9]\d{7})$/.exec(digits) ?? [];
  if (area !== undefined) return BRAZIL_KEEPS_NINE.has(area) ? digits : `55${area}${local}`;
  if (digits.startsWith('52') && digits.length === 12) return `521${digits.slice(2)}`;
  if (digits.startsWith('54') && digits.length === 12) return `549${digits.slice(2)}`;
  return digits;
}
