/** Phone numbers as logs and messages may show them. */

/** A number for logs: `+16505551234` is `+1650*****34`; short ones keep their last two digits only. */
export function maskPhone(phone: string): string {
  const total = phone.replace(/\D/g, '').length;
  const head = total >= 9 ? 4 : 0;
  let seen = 0;
  return phone.replace(/\d/g, (digit) => {
    seen += 1;
    return seen <= head || seen > total - 2 ? digit : '*';
  });
}
