import { EffectClass } from '@app/contracts';
import { IsIn, IsObject, IsOptional, IsString, MaxLength } from 'class-validator';
import type { StepDefinition } from '../definition.js';
import { IntegrationId } from '../validation/integration-id.js';
import { NoCredentials } from '../validation/no-credentials.js';
import { leaf, type StepKind } from './step-kind.js';

export const httpMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
/** Longest time of a call whose step has no `timeout_ms`, in ms. */
export const HTTP_TIMEOUT_MS = 30_000;

export type HttpMethod = (typeof httpMethods)[number];

export class HttpRequestConfig {
  @IsIn(httpMethods)
  method: HttpMethod;

  /** An absolute http or https URL, without user and password. */
  @NoCredentials()
  @IsString()
  @MaxLength(8192)
  url: string;

  /** Header names and values. */
  @IsOptional()
  @IsObject()
  headers?: Record<string, unknown>;

  /** Added to the URL's query; a list repeats its name. */
  @IsOptional()
  @IsObject()
  query?: Record<string, unknown>;

  /** A text is sent as it is, anything else as JSON. */
  @IsOptional()
  body?: unknown;

  /** The id of an integration of the owner, whose credentials are sent, and whose limit counts. */
  @IsOptional()
  @IntegrationId()
  credential?: string;
}

/** Methods whose repetition has the same effect as one call (RFC 9110 §9.2.2). */
const idempotentMethods: readonly string[] = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'];

export const httpRequestKind: StepKind<HttpRequestConfig> = {
  ...leaf,
  description: 'Calls a URL. Its output is {status, headers, body}; a status of 400 or more is a failure.',
  config: HttpRequestConfig,
  examples: [
    { method: 'GET', url: 'https://api.example.com/people/{{ input.login }}', headers: { accept: 'application/json' } },
    {
      method: 'POST',
      url: 'https://api.example.com/orders',
      headers: { authorization: 'Bearer {{ secrets.shop_token }}' },
      body: { sku: '{{ input.sku }}' },
    },
  ],
  without: [],
  readsSecrets: true,
  effect: (step: StepDefinition) => {
    if (step.probe !== undefined) return EffectClass.Verifiable;
    const isKeyed = step.effect === 'keyed' || idempotentMethods.includes(String(step.config['method']));
    return isKeyed ? EffectClass.Keyed : EffectClass.Unsafe;
  },
};
