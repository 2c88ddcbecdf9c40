/**
 * One person under several spellings of a number. Mexico, Brazil and Argentina have changed how a
 * mobile number is written, and WhatsApp answers with the one or the other form of what was asked.
 * Meta documents the extra prefix for Brazil and Mexico ("Send messages") and calls it no fault.
 */

/** Says whether two numbers are one person as far as spellings go; anything but digits is ignored. */
export function samePerson(a: string, b: string): boolean {
  return plain(a.replace(/\D/g, '')) === plain(b.replace(/\D/g, ''));
}

/** The shortest spelling of a number in digits with its country code. */
function plain(digits: string): string {
  // Until 2019 a mobile number was dialled from abroad as 52 1 and ten more.
  if (/^521\d{10}$/.test(digits)) return `52${digits.slice(3)}`;
  // A ninth digit was put before mobile numbers, whose eight began with 6 to 9; others are landlines.
  if (/^55\d{2}9[6-9]\d{7}$/.test(digits)) return digits.slice(0, 4) + digits.slice(5);
  // From abroad 9 before the area code, at home 15 behind it. Area code and number are ten digits;
  // area codes are 11, or three or four digits from 2 or 3 on, so that 15 has one place at most.
  const argentine = /^549?(11|[23]\d{2,3})15(\d+)$/.exec(digits);
  if (argentine !== null) {
    const [, area = '', local = ''] = argentine;
    if (area.length + local.length === 10) return `54${area}${local}`;
  }
  if (/^549\d{10}$/.test(digits)) return `54${digits.slice(3)}`;
  return digits;
}
