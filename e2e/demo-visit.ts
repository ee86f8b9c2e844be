/** What a visitor and a merchant do in the demo shop, by its test ids. */
import type { Page } from 'playwright-core';

export interface Visitor {
  readonly email: string;
  readonly firstname: string;
  readonly name: string;
  readonly mobile: string;
}

/** Path of the call after which a page has sent what it sends; null: it sends nothing. */
type Last = string | null;

export async function signUp(page: Page, shop: string, visitor: Visitor, last: Last = '/sp-json.php'): Promise<void> {
  await page.goto(`${shop}/sign-up`);
  await fill(page, visitor);
  await sent(page, last, () => page.getByTestId('demo-sign-up-submit').click());
  await page.getByTestId('demo-welcome').waitFor();
}

/** The order's reference, once the page's script has sent what it sends. */
export async function order(
  page: Page,
  shop: string,
  visitor: Visitor,
  wishes: { readonly optIns: boolean; readonly last?: Last },
): Promise<string> {
  await page.goto(`${shop}/p/miel`);
  await page.getByTestId('demo-add').click();
  await page.getByTestId('demo-checkout').click();
  await fill(page, visitor);
  if (wishes.optIns) {
    await page.getByTestId('demo-optin-email').check();
    await page.getByTestId('demo-optin-sms').check();
  }
  await sent(page, wishes.last === undefined ? '/sp-json.php' : wishes.last, () =>
    page.getByTestId('demo-order').click(),
  );
  return (await page.getByTestId('demo-reference').textContent()) ?? '';
}

/** Presses a button of an order on the merchant's side; resolves when its calls were answered. The outcome of the last call. */
export async function act(
  page: Page,
  shop: string,
  reference: string,
  button: 'paid' | 'ship' | 'cancel' | 'again',
): Promise<string> {
  await page.goto(`${shop}/admin`);
  const row = page.locator(`[data-testid="demo-admin-order"][data-reference="${reference}"]`);
  const answered = page.waitForResponse((answer) => answer.request().method() === 'POST');
  await row.getByTestId(`demo-${button}`).click();
  await answered;
  await page.waitForLoadState();
  return (await row.getByTestId('demo-call').last().textContent()) ?? '';
}

async function fill(page: Page, visitor: Visitor): Promise<void> {
  for (const field of ['email', 'firstname', 'name', 'mobile'] as const) {
    await page.getByTestId(`demo-field-${field}`).fill(visitor[field]);
  }
}

/** Runs `deed` and waits until a call to `path` was answered on the page it led to. */
async function sent(page: Page, path: Last, deed: () => Promise<void>): Promise<void> {
  if (path === null) return deed();
  const answered = page.waitForResponse((answer) => new URL(answer.url()).pathname === path);
  await deed();
  await answered;
}
