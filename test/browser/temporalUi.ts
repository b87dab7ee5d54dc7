import type { Browser, Locator, Page } from 'playwright-core';

/** What a person does in the Temporal UI (2.42), by the words that stand there. */
export interface TemporalUi {
  page: Page;
  /** Fills the form in that a link with task queue and type opens, and starts; resolves when the UI says that it has started. */
  startWorkflow(options: {
    taskQueue: string;
    workflowType: string;
    workflowId: string;
    input?: unknown;
  }): Promise<void>;
  /** Sends what the dialog's list offers, and resolves when the UI has taken it; with the description that stood there. */
  sendSignal(workflowId: string, name: string, input: unknown): Promise<{ shown: string }>;
  sendUpdate(workflowId: string, name: string, input: unknown): Promise<{ shown: string }>;
  /** The current details as they are rendered, once they hold this text. */
  currentDetails(workflowId: string, containing: string): Promise<Locator>;
}

/** Opens a page of its own. */
export async function openTemporalUi(browser: Browser, uiUrl: string): Promise<TemporalUi> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
  // To end what hangs: a busy machine takes its time to show a page.
  page.setDefaultTimeout(180_000);
  const workflows = `${uiUrl}/namespaces/default/workflows`;

  const send = async (workflowId: string, action: string, name: string, input: unknown) => {
    await page.goto(`${workflows}/${workflowId}`);
    await page.getByRole('button', { name: 'More Actions' }).click();
    await page.getByRole('menuitem', { name: action }).click();
    const dialog = page.getByRole('dialog', { name: action });
    await dialog.getByRole('button', { name: /^Select a/ }).click();
    const option = dialog.getByRole('option', { name }).first();
    const shown = await option.innerText();
    await option.click();
    await typeJson(dialog.locator('.cm-content').first(), input);
    await dialog.getByRole('button', { name: 'Submit' }).click();
    await dialog.waitFor({ state: 'hidden' });
    return { shown };
  };

  return {
    page,
    async startWorkflow({ taskQueue, workflowType, workflowId, input }) {
      const query = new URLSearchParams({ taskQueue, workflowType });
      await page.goto(`${workflows}/start-workflow?${query.toString()}`);
      await page.getByLabel('Workflow ID').fill(workflowId);
      if (input !== undefined) await typeJson(page.locator('main .cm-content').first(), input);
      await page.getByRole('button', { name: 'Start Workflow' }).click();
      await page.getByText('Workflow started successfully').waitFor();
    },
    sendSignal: (workflowId, name, input) => send(workflowId, 'Send a Signal', name, input),
    sendUpdate: (workflowId, name, input) => send(workflowId, 'Send an Update', name, input),
    async currentDetails(workflowId, containing) {
      await page.goto(`${workflows}/${workflowId}`);
      await page.getByRole('tab', { name: 'User Metadata' }).click();
      const details = page.locator('iframe').first().contentFrame().locator('body');
      await details.getByText(containing).first().waitFor();
      return details;
    },
  };
}

/**
 * The UI's editors close brackets and quotes by themselves as one types; pasted text stays as it is. They lay it out
 * when they are left, which moves the buttons below: a click that comes too soon goes beside.
 */
async function typeJson(editor: Locator, value: unknown): Promise<void> {
  await editor.click();
  await editor.page().keyboard.insertText(JSON.stringify(value));
  await editor.blur();
  const lines = JSON.stringify(value, null, 2).split('\n').length;
  await editor
    .locator('.cm-line')
    .nth(lines - 1)
    .waitFor();
}
