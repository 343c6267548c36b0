/** Characters of a product's instructions: a mail has to stay under 102 KB. */
export const MAX_INSTRUCTIONS = 5000;
