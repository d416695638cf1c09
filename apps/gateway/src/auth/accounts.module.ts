import { Module } from '@nestjs/common';
import { AccountMailModule } from '../account-mail/account-mail.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { InvitationsModule } from '../invitations/invitations.module.js';
import { RunsModule } from '../runs/runs.module.js';
import { UsersModule } from '../users/users.module.js';
import { AuthModule } from './auth.module.js';
import { EmailController } from './email/email.controller.js';
import { EmailVerificationService } from './email/email-verification.service.js';
import { PasswordChangeService } from './passwords/password-change.service.js';
import { PasswordPolicy } from './passwords/password-policy.js';
import { PasswordReplacementService } from './passwords/password-replacement.service.js';
import { PasswordResetService } from './passwords/password-reset.service.js';
import { PasswordsController } from './passwords/passwords.controller.js';
import { UnprovedCredentialsService } from './passwords/unproved-credentials.service.js';
import { AdmissionService } from './registration/admission.service.js';
import { RegistrationController } from './registration/registration.controller.js';
import { RegistrationService } from './registration/registration.service.js';

/** Making an account, proving its address, and its password. */
@Module({
  imports: [AuthModule, UsersModule, InvitationsModule, AccountMailModule, AuditModule, RunsModule],
  controllers: [RegistrationController, PasswordsController, EmailController],
  providers: [
    AdmissionService,
    RegistrationService,
    EmailVerificationService,
    PasswordPolicy,
    PasswordReplacementService,
    PasswordResetService,
    PasswordChangeService,
    UnprovedCredentialsService,
  ],
  exports: [AdmissionService, EmailVerificationService],
})
export class AccountsModule {}
