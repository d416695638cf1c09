import type { RawAnswer } from './raw-requests.js';
import type { RouteFacts } from './route-facts.js';
import type { Route } from './route-table.js';

/** What a cell of the matrix has to show. */
export type Expectation =
  | { letIn: true; answers: number | undefined }
  | { letIn: false; statuses: readonly number[]; code: string | undefined };

const refusal = (status: number, code: string): Expectation => ({ letIn: false, statuses: [status], code });

export const unauthorized = refusal(401, 'UNAUTHORIZED');
export const forbidden = refusal(403, 'FORBIDDEN');
export const notFound = refusal(404, 'NOT_FOUND');
export const stepUpRequired = refusal(403, 'STEP_UP_REQUIRED');

/** Nothing is at the address, with this method or at all; or it is no address. */
export const noRoute: Expectation = { letIn: false, statuses: [400, 404, 405], code: undefined };

/** Any answer but a mistake of ours. */
export const noMistake: Expectation = {
  letIn: false,
  statuses: Array.from({ length: 300 }, (_, at) => 200 + at),
  code: undefined,
};

export function letIn({ answers }: RouteFacts): Expectation {
  return { letIn: true, answers };
}

/** What whoever shows nothing that is good is told. */
export function forStrangers({ access }: Route, facts: RouteFacts): Expectation {
  return access.who === 'everybody' ? letIn(facts) : unauthorized;
}

/** For people who are signed in. */
export function forPeople({ access }: Route, facts: RouteFacts, is: { owner: boolean; admin: boolean }): Expectation {
  if (access.who === 'everybody') return letIn(facts);
  if (access.who === 'roles') return is.admin ? letIn(facts) : forbidden;
  // An administrator has no more of other people's things than anybody.
  return is.owner || facts.of === undefined ? letIn(facts) : notFound;
}

/** For the owner's programs. */
export function forKeys({ access }: Route, facts: RouteFacts, has: { scope: boolean }): Expectation {
  if (access.who === 'everybody') return letIn(facts);
  return access.who === 'scope' && has.scope ? letIn(facts) : forbidden;
}

/** What is wrong with an answer; undefined when it is the expected one. */
export function fault(expected: Expectation, { status, code }: RawAnswer, isHead = false): string | undefined {
  const seen = `${status} ${code ?? ''}`.trimEnd();
  if (expected.letIn) {
    const isGood = expected.answers === undefined ? status < 400 : status === expected.answers;
    return isGood ? undefined : `let in (${expected.answers ?? 'below 400'}) expected, ${seen} seen`;
  }
  // An answer to HEAD has no body to name the code in.
  const codeFits = isHead || expected.code === undefined || code === expected.code;
  const isGood = expected.statuses.includes(status) && codeFits;
  return isGood ? undefined : `${expected.statuses.join(' or ')} ${expected.code ?? ''} expected, ${seen} seen`;
}
