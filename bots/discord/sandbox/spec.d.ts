// The few names that are used of this package; its own types are sources of TypeScript, which would be checked as ours.

declare module 'discord-api-spec/zod' {
  import type { z } from 'zod';

  export const MessageCreateRequestSchema: z.core.$ZodType;
  export const MessageEditRequestPartialSchema: z.core.$ZodType;
  export const CreateTextThreadWithMessageRequestSchema: z.core.$ZodType;
  export const CreateTextThreadWithoutMessageRequestSchema: z.core.$ZodType;
  export const UpdateThreadRequestPartialSchema: z.core.$ZodType;
  export const CreatePrivateChannelRequestSchema: z.core.$ZodType;
  export const ApplicationCommandUpdateRequestSchema: z.core.$ZodType;
  export const CreateMessageInteractionCallbackRequestSchema: z.core.$ZodType;
  export const UpdateMessageInteractionCallbackRequestSchema: z.core.$ZodType;
  export const ModalInteractionCallbackRequestSchema: z.core.$ZodType;
  export const PongInteractionCallbackRequestSchema: z.core.$ZodType;
  export const IncomingWebhookInteractionRequestSchema: z.core.$ZodType;
  export const IncomingWebhookUpdateForInteractionCallbackRequestPartialSchema: z.core.$ZodType;
}
