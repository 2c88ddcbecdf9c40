/** Pages of the console before answers of the API that a test chooses, word by word. */
import type { Page } from 'playwright-core';

/** Answers, by what their paths end with. */
export type Answers = Readonly<Record<string, object>>;

/** A page before chosen answers. */
export interface Answering {
  /** Goes to a page where these are the answers. */
  goTo(path: string, answers: Answers): Promise<void>;
  /** What stands there in one of its parts, line by line. */
  linesOf(path: string, part: string, answers: Answers): Promise<readonly string[]>;
}

/** Makes it. @param url of the service that answers all else */
export function answering(page: Page, url: string): Answering {
  async function goTo(path: string, answers: Answers): Promise<void> {
    await page.unrouteAll({ behavior: 'wait' });
    await page.route('**/v1/campaigns/*/events?*', (route) => route.abort());
    for (const [end, json] of Object.entries(answers))
      await page.route(`**/v1/${end}`, (route) => route.fulfill({ json }));
    const come = Object.keys(answers).map((end) => page.waitForResponse(`**/v1/${end}`));
    await page.goto(url + path);
    await Promise.all(come);
  }
  return {
    goTo,
    async linesOf(path, part, answers) {
      await goTo(path, answers);
      const heading = page.getByRole('heading', { name: part, exact: true });
      const shown = page
        .locator('section')
        .filter({ has: heading })
        .or(page.getByRole('region', { name: part, exact: true }));
      await shown.first().waitFor();
      await shown.getByText('Loading…').waitFor({ state: 'detached' });
      const [text = ''] = await shown.allInnerTexts();
      return text.split('\n').filter((line) => line.trim() !== '');
    },
  };
}
