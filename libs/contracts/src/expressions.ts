/**
 * Longest expression, in UTF-16 units. One is parsed at one go, which takes up to 5 ms for each thousand (brackets that are nested), and
 * everything else of the process waits for so long. DTOs have the number itself: what reads them for the OpenAPI document does not follow names.
 */
export const MOST_EXPRESSION = 16_384;
