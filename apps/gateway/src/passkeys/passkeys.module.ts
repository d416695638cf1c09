import { HttpConfig, WebauthnConfig } from '@app/config';
import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { UsersModule } from '../users/users.module.js';
import { PasskeyAssertions } from './passkey-assertions.service.js';
import { PasskeyCeremoniesController } from './passkey-ceremonies.controller.js';
import { PasskeyChallenges } from './passkey-challenges.service.js';
import { PasskeyRegistration } from './passkey-registration.service.js';
import { PasskeySignIn } from './passkey-sign-in.service.js';
import { PasskeysController } from './passkeys.controller.js';
import { PasskeysService } from './passkeys.service.js';
import { RelyingParty } from './relying-party.js';

const relyingParty = {
  provide: RelyingParty,
  inject: [WebauthnConfig, HttpConfig],
  useFactory: (webauthn: WebauthnConfig, http: HttpConfig) => RelyingParty.of(webauthn, http),
};

/** Signing in with what a device holds and unlocks for its owner (WebAuthn). */
@Module({
  imports: [AuthModule, UsersModule, AuditModule],
  controllers: [PasskeyCeremoniesController, PasskeysController],
  providers: [relyingParty, PasskeyChallenges, PasskeyRegistration, PasskeyAssertions, PasskeySignIn, PasskeysService],
  exports: [PasskeyAssertions],
})
export class PasskeysModule {}
