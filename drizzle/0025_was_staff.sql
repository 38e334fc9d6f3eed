ALTER TABLE `users` ADD `was_staff` integer DEFAULT false NOT NULL;--> statement-breakpoint
UPDATE `users` SET `was_staff` = 1 WHERE `staff` = 1
  OR `id` IN (SELECT `actor_id` FROM `audit_log` WHERE `actor_type` = 'staff');--> statement-breakpoint
CREATE TRIGGER `users_hired` AFTER INSERT ON `users` WHEN new.`staff` = 1 BEGIN
  UPDATE `users` SET `was_staff` = 1 WHERE `id` = new.`id`;
END;--> statement-breakpoint
CREATE TRIGGER `users_made_staff` AFTER UPDATE OF `staff` ON `users` WHEN new.`staff` = 1 BEGIN
  UPDATE `users` SET `was_staff` = 1 WHERE `id` = new.`id`;
END;--> statement-breakpoint
UPDATE `client_names` SET `known` = 0;
