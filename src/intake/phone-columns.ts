/** What people call the column with the phone numbers, so that the option that helps can be told ready to be typed. */

/** In small letters, without accents and signs. */
const NAMES: ReadonlySet<string> = new Set(
  `phone phonenumber phonenumbers phoneno phonenr phonemobile mobilephone mobilephonenumber mobile mobilenumber mobileno
  mobilenr cell cellphone cellphonenumber cellnumber cellular tel telno telnr telephone telephonenumber telephoneno
  phone1value phone1 primaryphone homephone workphone businessphone contactnumber contactno contactphone customerphone
  number numbers recipient recipientphone destination e164 gsm gsmno msisdn whatsapp whatsappnumber whatsappno
  whatsappphone wa wanumber waid waphone userphone phonee164
  telefon telefonnummer telefonnr rufnummer handy handynummer handynr mobil mobilnummer mobilnr mobiltelefon nummer
  mobilfunk mobilfunknummer festnetz telefoon telefoonnummer gsmnummer mobielnummer mobiel
  telefone telefonecelular numerodetelefone celular numerocelular numerodecelular fone telemovel numero
  telefono numerodetelefono telefonomovil movil numeromovil telefonocelular numtelefono
  numerodetelephone telephoneportable telephonemobile portable numeroportable numtel cellulare numeroditelefono
  numerocellulare telefonocellulare
  numertelefonu telefonkomorkowy numerkomorkowy komorka telefonszam mobilszam puhelin puhelinnumero matkapuhelin
  telefonnummer mobiltelefonnummer mobilnummer telefonnumarasi ceptelefonu telefonno cepno nomor nomorhp nohp
  nomortelepon nomorponsel notelepon notelp nomorwa nowa sodienthoai dienthoai sdt telefonicislo telefonnicislo
  mobilnicislo numardetelefon
  телефон номертелефона номер мобильный мобильныйтелефон сотовый телефонный τηλεφωνο κινητο
  手机 手机号 手机号码 电话 电话号码 电话号码 電話 電話番号 携帯 携帯電話 携帯番号 手機 手機號碼 전화번호 휴대폰 휴대전화 핸드폰
  هاتف رقم رقمالهاتف الهاتف جوال رقمالجوال موبايل טלפון מספרטלפון נייד फोन मोबाइल फोननंबर मोबाइलनंबर เบอร์โทร เบอร์โทรศัพท์ เบอร์มือถือ`
    .split(/\s+/)
    .map(plainName),
);

/** The column that probably holds the numbers, of a list that calls none `to`. */
export function phoneColumnOf(columns: readonly string[]): string | undefined {
  return columns.find((column) => NAMES.has(plainName(column)));
}

/** What to type so that a column is taken for the one with the numbers. */
export function mapToPhone(column: string): string {
  const name = /[",]/.test(column) ? `"${column.replaceAll('"', '""')}"` : column;
  const argument = `${name}=to`;
  const typed = /["$`\\]/.test(argument) ? `'${argument}'` : `"${argument}"`;
  return `Say --map ${typed}, or name the column "to".`;
}

function plainName(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toLowerCase();
}
