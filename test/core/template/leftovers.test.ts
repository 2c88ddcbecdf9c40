import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { doubtfulText } from '../../../src/core/template/doubtful.ts';
import { checkParameterText } from '../../../src/core/template/parameter-text.ts';

const refusal = (text: string) => checkParameterText(text)?.code;

describe('what a spreadsheet or a program left behind is refused', () => {
  test.each([
    ...['#N/A', '#REF!', '#NAME?', '#VALUE!', '#DIV/0!', '#NUM!', '#NULL!', '#SPILL!', '#ERROR!'],
    ...[
      '#NV',
      '#WERT!',
      '#BEZUG!',
      '#ZAHL!',
      '#VALEUR!',
      '#NOM?',
      '#¡REF!',
      '#¿NOMBRE?',
      '#¡VALOR!',
    ],
    ...[
      '#N/D',
      '#RIF!',
      '#WAARDE!',
      '#N/B',
      '#ADR!',
      '#ССЫЛКА!',
      '#Н/Д',
      '#ДЕЛ/0!',
      '#DEĞER!',
      '#YOK',
    ],
    ...[
      '#N/DISP',
      'Fehler:502',
      'Err :508',
      'Erreur :502',
      'Ошибка:504',
      '#N/A\u200B',
      '\u200B#N/A',
    ],
    ...["'#N/A", '"#N/A"', '“#N/A”', '(#N/A)', '[#REF!]', '＃N/A', '#N/A.', '#n/a,', '«#Н/Д»'],
    ...[
      '#REF!, Berlin',
      'Ann #N/A',
      'Dear #n/a!',
      '#VALUE!#VALUE!',
      'Err:502 Ann',
      'Total: #DIV/0!',
    ],
    ...[
      '#REF',
      '#VALUE',
      '#DIV/0',
      '#NAME',
      '#NUM',
      '#WERT',
      '#BEZUG',
      '#VALEUR',
      '#ДЕЛ/0',
      '#N/A?',
    ],
    ...['=A1', '=$B$12', '=VLOOKUP(A1,B,2)', '=Sheet1!A2', "='My list'!A2", '=SVERWEIS(A1;B;2)'],
    ...['=-A1', '=(A1)', "'=A1", '=IF(A1="","",A1)', '="Ann"', '="Ann"&B2', '= A1', '=СУММ(A1)'],
    ...['Err:502', ' #N/A ', '#ref!', '####', '########', '#'],
  ])('%j, of a spreadsheet', (text) => {
    expect(refusal(text)).toBe('PARAMETER_SPREADSHEET_ERROR');
  });

  test.each([
    'undefined',
    'NaN',
    'NaT',
    '[object Object]',
    'Dear [object Array]',
    '(null)',
    'UNDEFINED',
    ...['Invalid Date', 'Invalid date', 'Invalid DateTime', '"undefined"', 'NaN\u200B'],
    ...['{}', '[]', '[{}]', '{ }', '[ [] ]', '[{},{}]', '""', "''"],
  ])('%j, of a program', (text) => {
    expect(refusal(text)).toBe('PARAMETER_PROGRAM_VALUE');
  });

  test.each([
    ...[
      '{{1}}',
      '{{name}}',
      '{{ first_name }}',
      'Dear {{1}}',
      '{name}',
      '{1}',
      '{name}?',
      '{first name}',
    ],
    ...[
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder is what it is.
      '${name}',
      '#{name}',
      '{!Contact.FirstName}',
      '{$name}',
      '%NAME%',
      '%name%',
      '%%First_Name%%',
    ],
    ...[
      '*|FNAME|*',
      '<<Name>>',
      '<Name>',
      '<First Name>',
      '[Name]',
      '[[name]]',
      '<%= name %>',
      '{{}}',
    ],
    ...['{{1', '1}}', '{{name', 'Dear {{name', 'name}} Ann', '{{ 1', '{1', '1}', '{name', 'name}'],
    ...['${name', '[[name', 'name]]', '*|FNAME', '<%= name', '｛｛1｝｝'],
    ...['{% name %}', '{vorname}', '{имя}', '{名前}', '<null>', '[NOME]'],
  ])('%j, that nobody filled in', (text) => {
    expect(refusal(text)).toBe('PARAMETER_PLACEHOLDER');
  });

  test.each([
    ...[
      '\u200B',
      '\u200B\u200C\u200D',
      '\uFEFF',
      '\u00AD',
      '\u2060 \u00A0',
      '\u3164',
      '\u2800',
      '\u180E',
    ],
    ...['\uFE0F', '\u115F\u1160', '\u034F', '\u202A\u202C', '\u{E0020}', '\uFFA0', '\u0301'],
  ])('%j, of which nothing can be seen', (text) => {
    expect(refusal(text)).toBe('PARAMETER_EMPTY');
  });
});

describe('what somebody may have meant is only doubtful', () => {
  test.each([
    ...['NULL', 'Null', 'null', 'None', 'nan', 'Nan', 'N/A', 'n/a', 'NA', 'true'],
    ...[
      '1.23E+11',
      '1,23E+11',
      '4.91511E+12',
      '????',
      'JosÃ©',
      'JosÃ© MarÃ­a',
      'MÃ¼ller',
      'â€œAnnaâ€\u009d',
    ],
    ...[
      'Ð˜Ð²Ð°Ð½',
      'Jos√©',
      'Jos├®',
      'Jos&eacute;',
      'Anna&#39;s',
      'Jos%C3%A9',
      'Jos\\u00e9',
      '«Name»',
      '$name',
      '#WORT!',
      ...['Loading...', 'Loading…', 'loading ...', 'Wird geladen...', 'Cargando...', 'Загрузка…'],
      ...['INSERT NAME HERE', 'Insert name', '(insert your name here)', 'Enter text', 'Name here'],
      ...['Your name', 'First Name', 'TBD', 'TODO', 'Lorem ipsum dolor', '"NULL"', "'null'"],
    ],
  ])('%j', (text) => {
    expect(refusal(text)).toBeUndefined();
    expect(doubtfulText(text)).toEqual(expect.any(String));
  });
});

test.each([
  ...[
    'Ann',
    'José',
    'Müller',
    'Nanette',
    'Nullmeier',
    'Nil',
    'Zoë 👩‍👩‍👧',
    '👋🏽',
    '❤️',
    'Иван',
    '王',
    'أحمد',
    'São',
  ],
  ...[
    'SÃO PAULO',
    'ÃO',
    '#1001',
    '# 5',
    'C# course',
    'A&B',
    'AT&T; Verizon',
    'R&D',
    '50%',
    '100 % cotton',
    '5 < 6 > 4',
  ],
  ...[
    'a [b] c',
    '(Anna)',
    '$5',
    '€ 10',
    'E5',
    '2E',
    'order 1E',
    'Room 12E4x',
    '«Ромашка» GmbH',
    'à ½ “x”',
    'x_y',
    'Undefinedson',
  ],
  ...[
    'naïveté',
    'Ængström',
    'Œuvre',
    'Ğülşen',
    'Łódź',
    'O’Brien',
    '50 €–60 €',
    '±½°',

    '<3',
    'Err',
    'Error',
    'Infinity War',
  ],
])('%j is a text like others', (text) => {
  expect([refusal(text), doubtfulText(text)]).toEqual([undefined, undefined]);
});

describe('texts of people', () => {
  const judged = (text: string) => [refusal(text), doubtfulText(text)];

  test.each([
    ...['#1', 'C#', 'Nr. #5', '=)', '=D', ':-}', ':)))', '((', 'Na', 'Ref', 'Nan Goldin'],
    ...[
      'Follow #Valor',
      '#Valor',
      '#nofilter',
      '#YOLO',
      'No. #REF-12',
      'Room #12/3',
      '#7/11',
      'a=b',
    ],
    ...['= 5 EUR', '=^..^=', '==', '3 = three', 'Loading dock 4', 'Invalid Dates Ltd', 'Todo'],
    ...['Erik', 'Fehler & Sons', 'Errol', 'Error: 503 rooms', 'Felix', 'Your order', 'Insert coin'],
    ...['First Avenue', 'Type-A Names', '[Sic] transit'],
    ...[
      "O'Neil",
      '“Ann”',
      '"Bob"',
      "'t Hooft",
      '(Ann)',
      "D'Arcy",
      'Smith-Jones',
      'J. R. "Bob" Dobbs',
    ],
  ])('%j is one', (text) => {
    expect(judged(text).filter((found) => found !== undefined)).toEqual([]);
  });

  const part = fc.constantFrom(
    ...['Ann', 'Na', 'Ref', 'Nam', 'Nom', 'Name', 'Num', 'Val', 'Err', 'Ng', 'Wert', 'Nul', 'Aval'],
    ...[
      'José',
      'Zoë',
      'Łukasz',
      'Ægir',
      'Öz',
      'Ğülşen',
      'Đặng',
      'Nguyễn',
      'Çelik',
      'Ñusta',
      'ʻOkina',
    ],
    ...['Иван', 'Ния', 'Ελένη', 'Ναι', 'أحمد', 'دينا', 'משה', 'नीना', 'নীলা', 'நிலா', 'ნინო', 'Նարե'],
    ...['王', '小明', 'なな', 'ナナ', '나나', 'ณัฐ', 'ນາງ', 'ናታን', 'ᏣᎳᎩ', 'មករា', 'නිමල්', 'ਨੀਨਾ'],
  );
  const join = fc.constantFrom(
    ' ',
    '-',
    '’',
    "'",
    '. ',
    ', ',
    ' & ',
    ' / ',
    ' van der ',
    ' #5 ',
    ' (',
    '·',
  );

  test('names of many languages, however they are put together, are never refused', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(part, join), { minLength: 1, maxLength: 4 }),
        part,
        (parts, last) => {
          const text = parts.map((pair) => pair.join('')).join('') + last;
          expect([text, refusal(text)]).toEqual([text, undefined]);
          expect([text, refusal(last)]).toEqual([text, undefined]);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  test('nor is a text of letters, digits and signs that are no brackets, # or =', () => {
    const letters = fc.string({
      unit: fc.constantFrom(...'AnaNeErfRzéñüÖшщ王ন 0123456789.,-’!?&/+;:'),
    });
    fc.assert(
      fc.property(letters, (text) => {
        if (!/\p{L}/u.test(text) || /^\W*na[nt]\W*$/i.test(text) || / {5}/.test(text)) return;
        expect([text, refusal(text)]).toEqual([text, undefined]);
      }),
      { numRuns: 3_000 },
    );
  });

  test('an error of a spreadsheet is found wherever it stands among names', () => {
    const error = fc.constantFrom(
      '#N/A',
      '#REF!',
      '#VALUE!',
      '#DIV/0!',
      '#¡REF!',
      '#NOM?',
      '#Н/Д',
      '#n/a',
    );
    fc.assert(
      fc.property(part, error, part, fc.constantFrom('', ' ', ', ', ' - '), (a, found, b, by) => {
        for (const text of [`${a} ${found}`, `${found}${by || ' '}${b}`, `${a}, ${found}, ${b}`])
          expect([text, refusal(text)]).toEqual([text, 'PARAMETER_SPREADSHEET_ERROR']);
      }),
    );
  });
});
