/**
 * The template languages Meta takes. `en` and `en_US` are different templates, so a
 * code is never widened or narrowed; only its spelling is put right.
 */

/** Codes as the templates API writes them. */
export const TEMPLATE_LANGUAGES: ReadonlySet<string> = new Set(
  `af sq ar ar_EG ar_AE ar_LB ar_MA ar_QA az be_BY bn bn_IN bg ca zh_CN zh_HK zh_TW hr cs da prs_AF
  nl nl_BE en en_GB en_US en_AE en_AU en_CA en_GH en_IE en_IN en_JM en_MY en_NZ en_QA en_SG en_UG
  en_ZA et fil fi fr fr_BE fr_CA fr_CH fr_CI fr_MA ka de de_AT de_CH el gu ha he hi hu id ga it ja
  kn kk rw_RW ko ky_KG lo lv lt mk ms ml mr nb ps_AF fa pl pt_BR pt_PT pa ro ru sr si_LK sk sl es
  es_AR es_CL es_CO es_CR es_DO es_EC es_HN es_MX es_PA es_PE es_ES es_UY sw sv ta te th tr uk ur uz
  vi zu`.split(/\s+/),
);

/** Whether two texts are one code: people write `en-US`, `EN_US`, `en_us `; Meta takes one spelling only. */
export function sameLanguage(a: string, b: string): boolean {
  return plain(a) === plain(b);
}

/**
 * The code as Meta spells it: the one of `known` that is meant (a template's own languages), else one of
 * all that there are, else the text as it is.
 */
export function spelledLanguage(
  code: string,
  known: readonly string[] = [...TEMPLATE_LANGUAGES],
): string {
  const meant = plain(code);
  return known.find((one) => plain(one) === meant) ?? code;
}

function plain(code: string): string {
  return code
    .trim()
    .replace(/[-\s]+/g, '_')
    .toLowerCase();
}

/** The code meant by `en-us` or `EN_us`, for a hint; `undefined` when none is near. */
export function nearestLanguage(code: string): string | undefined {
  const all = [...TEMPLATE_LANGUAGES];
  return (
    all.find((c) => sameLanguage(c, code)) ??
    all.find((c) => c === plain(code).split('_')[0]) ??
    all.find((c) => c.startsWith(`${plain(code)}_`))
  );
}
