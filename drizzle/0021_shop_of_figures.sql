DROP INDEX `orders_day`;--> statement-breakpoint
DROP INDEX `orders_customer`;--> statement-breakpoint
CREATE INDEX `orders_day` ON `orders` (`tenant_id`,`connection_id`,`day`,`currency`,`gross_minor`);--> statement-breakpoint
CREATE INDEX `orders_customer` ON `orders` (`tenant_id`,`connection_id`,`customer_id`,`placed_at`,`day`,`cancelled_at`);--> statement-breakpoint
DROP INDEX `refunds_day`;--> statement-breakpoint
CREATE INDEX `refunds_day` ON `refunds` (`tenant_id`,`connection_id`,`day`,`currency`,`amount_minor`);