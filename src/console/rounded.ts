/** Numbers that are rounded to be read, without a lie at the ends: nothing and all are said of nothing and of all alone. */

/** So that a test may have a locale of its own. */
type Locale = string | undefined;

/** To one digit behind the point; what is too little for that is `<0.1`, not 0. */
export function decimals(locale?: Locale): (n: number) => string {
  const { format } = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  return (n) => (n > 0 && n < 0.1 ? `<${format(0.1)}` : format(n));
}

/** A share as per cent, to one digit behind the point; of almost nobody `<0.1%`, of almost everybody `>99.9%`. */
export function shares(locale?: Locale): (part: number, whole: number) => string {
  const { format } = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  return (part, whole) => {
    if (part > 0 && part < whole * 0.001) return `<${format(0.001)}`;
    if (part < whole && part > whole * 0.999) return `>${format(0.999)}`;
    return format(part / whole);
  };
}

/** Full tenths of a whole, 0 to 10. */
export function tenthsOf(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.floor((10 * part) / whole);
}
