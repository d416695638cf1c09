import { AccountConfig } from './classes/account.config.js';
import { ApiKeysConfig } from './classes/api-keys.config.js';
import { AuthConfig } from './classes/auth.config.js';
import { BoundsConfig } from './classes/bounds.config.js';
import { BlobsConfig } from './classes/blobs.config.js';
import { CleanupConfig } from './classes/cleanup.config.js';
import { DatabaseConfig } from './classes/database.config.js';
import { EgressConfig } from './classes/egress.config.js';
import { EncryptionConfig } from './classes/encryption.config.js';
import { EngineConfig } from './classes/engine.config.js';
import { ErasureConfig } from './classes/erasure.config.js';
import { HttpConfig } from './classes/http.config.js';
import { MailConfig } from './classes/mail.config.js';
import { OauthConfig } from './classes/oauth.config.js';
import { QuotaConfig } from './classes/quota.config.js';
import { RateLimitConfig } from './classes/rate-limit.config.js';
import { RedisConfig } from './classes/redis.config.js';
import { S3Config } from './classes/s3.config.js';
import { ScriptsConfig } from './classes/scripts.config.js';
import { ServiceConfig } from './classes/service.config.js';
import { StepUpConfig } from './classes/step-up.config.js';
import { WebauthnConfig } from './classes/webauthn.config.js';
import { WorkersConfig } from './classes/workers.config.js';
import type { ConfigClass } from './variable.decorator.js';

/** Every config class there is, in the order of docs/configuration.md. */
export const configClasses: readonly ConfigClass[] = [
  ServiceConfig,
  HttpConfig,
  RateLimitConfig,
  DatabaseConfig,
  RedisConfig,
  AuthConfig,
  AccountConfig,
  OauthConfig,
  ApiKeysConfig,
  StepUpConfig,
  WebauthnConfig,
  ErasureConfig,
  QuotaConfig,
  BlobsConfig,
  S3Config,
  EncryptionConfig,
  EngineConfig,
  BoundsConfig,
  ScriptsConfig,
  WorkersConfig,
  CleanupConfig,
  MailConfig,
  EgressConfig,
];
