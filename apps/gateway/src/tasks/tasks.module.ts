import { Module } from '@nestjs/common';
import { TasksController } from './tasks.controller.js';
import { TasksService } from './tasks.service.js';

/** Tasks that programs of the users' own take and end. */
@Module({ controllers: [TasksController], providers: [TasksService] })
export class TasksModule {}
