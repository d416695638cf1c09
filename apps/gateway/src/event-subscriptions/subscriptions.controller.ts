import {
  CreateEventSubscriptionDto,
  EventDeliveryDto,
  EventSubscriptionDto,
  EventSubscriptionPatchDto,
  EventSubscriptionSecretDto,
  PageQuery,
} from '@app/contracts';
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, UseInterceptors } from '@nestjs/common';
import { Scoped } from '../http/access/access.decorators.js';
import type { Caller } from '../http/access/caller.js';
import { CurrentUser } from '../http/access/current-user.decorator.js';
import { FromDevice, type Device } from '../http/device.decorator.js';
import { EtagInterceptor } from '../http/etag.interceptor.js';
import { IfMatch, type ExpectedVersions } from '../http/if-match.decorator.js';
import { PageOf } from '../http/page-of.decorator.js';
import type { Page } from '../http/paging.js';
import { IdPipe } from '../http/validation/id.pipe.js';
import { DeliveriesService } from './deliveries.service.js';
import { SubscriptionsService } from './subscriptions.service.js';

@Scoped('subscriptions:read')
@Controller('event-subscriptions')
export class SubscriptionsController {
  constructor(
    private readonly subscriptions: SubscriptionsService,
    private readonly deliveries: DeliveriesService,
  ) {}

  /** The caller's subscriptions, the newest first. */
  @PageOf(EventSubscriptionDto)
  @Get()
  list(@CurrentUser() { userId }: Caller, @Query() query: PageQuery): Promise<Page<EventSubscriptionDto>> {
    return this.subscriptions.list(userId, query);
  }

  /** Has the caller's events sent to a URL from now on. The answer shows the secret that they are signed with, this once. */
  @UseInterceptors(EtagInterceptor)
  @Scoped('subscriptions:write')
  @Post()
  create(
    @Body() body: CreateEventSubscriptionDto,
    @CurrentUser() caller: Caller,
    @FromDevice() device: Device,
  ): Promise<EventSubscriptionSecretDto> {
    return this.subscriptions.create(body, { caller, device });
  }

  /** One subscription. */
  @UseInterceptors(EtagInterceptor)
  @Get(':id')
  get(@Param('id', IdPipe) id: string, @CurrentUser() { userId }: Caller): Promise<EventSubscriptionDto> {
    return this.subscriptions.get(userId, id);
  }

  /** Changes a subscription, or enables it again. */
  @UseInterceptors(EtagInterceptor)
  @Scoped('subscriptions:write')
  @Patch(':id')
  change(
    @Param('id', IdPipe) id: string,
    @Body() body: EventSubscriptionPatchDto,
    @IfMatch() expected: ExpectedVersions,
    @CurrentUser() caller: Caller,
    @FromDevice() device: Device,
  ): Promise<EventSubscriptionDto> {
    return this.subscriptions.change(id, body, expected, { caller, device });
  }

  /** Deletes a subscription with its deliveries: what waits is not sent. */
  @HttpCode(204)
  @Scoped('subscriptions:write')
  @Delete(':id')
  remove(
    @Param('id', IdPipe) id: string,
    @IfMatch() expected: ExpectedVersions,
    @CurrentUser() caller: Caller,
    @FromDevice() device: Device,
  ): Promise<void> {
    return this.subscriptions.remove(id, expected, { caller, device });
  }

  /** Makes another secret and shows it this once. For 24 hours deliveries are signed with the one before, too. */
  @HttpCode(200)
  @UseInterceptors(EtagInterceptor)
  @Scoped('subscriptions:write')
  @Post(':id/rotate-secret')
  rotate(
    @Param('id', IdPipe) id: string,
    @IfMatch() expected: ExpectedVersions,
    @CurrentUser() caller: Caller,
    @FromDevice() device: Device,
  ): Promise<EventSubscriptionSecretDto> {
    return this.subscriptions.rotate(id, expected, { caller, device });
  }

  /** What became of the events of the last 30 days that the subscription wants, the newest first. */
  @PageOf(EventDeliveryDto)
  @Get(':id/deliveries')
  listDeliveries(
    @Param('id', IdPipe) id: string,
    @CurrentUser() { userId }: Caller,
    @Query() query: PageQuery,
  ): Promise<Page<EventDeliveryDto>> {
    return this.deliveries.list(userId, id, query);
  }

  /** Sends an event again that was delivered or given up. */
  @HttpCode(202)
  @Scoped('subscriptions:write')
  @Post(':id/deliveries/:deliveryId/redeliver')
  redeliver(
    @Param('id', IdPipe) id: string,
    @Param('deliveryId', IdPipe) deliveryId: string,
    @CurrentUser() { userId }: Caller,
  ): Promise<EventDeliveryDto> {
    return this.deliveries.redeliver(userId, id, deliveryId);
  }
}
