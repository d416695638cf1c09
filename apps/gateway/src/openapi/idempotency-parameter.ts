import type { OpenAPIObject } from '@nestjs/swagger';
import { mayKeepAnswers } from '../http/idempotency/kept-secret.guard.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['post']>;

const parameter = {
  name: 'Idempotency-Key',
  in: 'header' as const,
  required: false,
  description:
    'Makes it safe to send the request again: for 24 hours the same request is answered the same without being done ' +
    'again, another one with this key is answered 422, and one that comes while the first is under way 409.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};

/** Says of each operation that honours an Idempotency-Key that it does. To be called once `security` is there. */
export function addIdempotencyParameter(document: OpenAPIObject): void {
  for (const [path, { post }] of Object.entries(document.paths)) {
    if (post !== undefined && isGuarded(post) && mayKeepAnswers(asRoute(path))) {
      post.parameters = [...(post.parameters ?? []), parameter];
    }
  }
}

function isGuarded({ security = [] }: Operation): boolean {
  return security.length > 0;
}

/** `/runs/{id}` as the server writes it. */
function asRoute(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}
