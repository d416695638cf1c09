import { expect, it } from 'vitest';
import { hubSignature } from './signature.js';

it("signs GitHub's published example as GitHub does", () => {
  expect(hubSignature("It's a Secret to Everybody", 'Hello, World!')).toBe(
    'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
  );
});
