CREATE TABLE `client_totals` (
	`status` text PRIMARY KEY NOT NULL,
	`clients` integer NOT NULL,
	CONSTRAINT "status_known" CHECK("status" = 'onboarding' or "status" = 'active' or "status" = 'suspended')
);
--> statement-breakpoint
INSERT INTO `client_totals` (`status`, `clients`) SELECT `status`, count(*) FROM `tenants` GROUP BY `status`;--> statement-breakpoint
CREATE TRIGGER `tenants_counted` AFTER INSERT ON `tenants` BEGIN
  INSERT INTO `client_totals` (`status`, `clients`) VALUES (new.`status`, 1) ON CONFLICT (`status`) DO UPDATE SET `clients` = `clients` + 1;
END;--> statement-breakpoint
CREATE TRIGGER `tenants_uncounted` AFTER DELETE ON `tenants` BEGIN
  UPDATE `client_totals` SET `clients` = `clients` - 1 WHERE `status` = old.`status`;
END;--> statement-breakpoint
CREATE TRIGGER `tenants_recounted` AFTER UPDATE OF `status` ON `tenants` WHEN old.`status` IS NOT new.`status` BEGIN
  UPDATE `client_totals` SET `clients` = `clients` - 1 WHERE `status` = old.`status`;
  INSERT INTO `client_totals` (`status`, `clients`) VALUES (new.`status`, 1) ON CONFLICT (`status`) DO UPDATE SET `clients` = `clients` + 1;
END;--> statement-breakpoint
CREATE TRIGGER `memberships_named` AFTER INSERT ON `memberships` BEGIN
  UPDATE `client_names` SET `known` = 0 WHERE `tenant_id` = new.`tenant_id`;
END;--> statement-breakpoint
CREATE TRIGGER `memberships_unnamed` AFTER DELETE ON `memberships` BEGIN
  UPDATE `client_names` SET `known` = 0 WHERE `tenant_id` = old.`tenant_id`;
END;--> statement-breakpoint
CREATE TRIGGER `users_readdressed` AFTER UPDATE OF `email` ON `users` WHEN old.`email` IS NOT new.`email` BEGIN
  UPDATE `client_names` SET `known` = 0 WHERE `tenant_id` IN (SELECT `tenant_id` FROM `memberships` WHERE `user_id` = new.`id`);
END;--> statement-breakpoint
UPDATE `client_names` SET `known` = 0;
