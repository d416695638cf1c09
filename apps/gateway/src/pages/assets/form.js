/** What the pages have in common: finding elements, handling forms, telling people what happened. */

/**
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @returns {T}
 */
export function byId(id) {
  return /** @type {T} */ (document.getElementById(id));
}

/** Tells what happened; screen readers say it too. @param {string} text @param {'good' | 'bad'} kind */
export function tell(text, kind = 'good') {
  const line = byId('message');
  line.textContent = text;
  line.className = kind;
}

/**
 * Runs work that a button or a form starts: once at a time, and what goes wrong is told.
 * @param {HTMLButtonElement | null} button @param {() => Promise<void>} work
 */
export async function run(button, work) {
  if (button) button.disabled = true;
  tell('');
  try {
    await work();
  } catch (error) {
    tell(reasonOf(error), 'bad');
  } finally {
    if (button) button.disabled = false;
  }
}

/** @param {string} id of a button @param {() => Promise<void>} work */
export function onClick(id, work) {
  /** @type {HTMLButtonElement} */
  const button = byId(id);
  button.addEventListener('click', () => void run(button, work));
}

/** @param {HTMLFormElement} form @param {(fields: Record<string, string>) => Promise<void>} work */
export function onSubmit(form, work) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const fields = /** @type {Record<string, string>} */ (Object.fromEntries(new FormData(form)));
    void run(form.querySelector('button[type=submit], button:not([type])'), () => work(fields));
  });
}

/** What browsers say when a passkey was not made or not shown, in words for people. @type {Record<string, string>} */
const reasons = {
  NotAllowedError: 'The device did not confirm that it is you, or it took too long.',
  AbortError: 'The device did not confirm that it is you, or it took too long.',
  InvalidStateError: 'This device has a passkey for your account already.',
  SecurityError: 'Passkeys do not belong to this address: open the page by the name it was set up with.',
};

/** @param {unknown} error */
function reasonOf(error) {
  if (!(error instanceof Error)) return 'Something went wrong.';
  return reasons[error.name] ?? error.message;
}

/**
 * An element with its properties and what stands in it. Text stays text.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {Partial<HTMLElementTagNameMap[K]>} properties @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}
