"""Names that no store may give: those that belong to the gateway, today's and later ones, and those that break clients.

Never here: names of one store.
"""

from __future__ import annotations

_TYPES = (
    "Query Mutation Subscription Int Float String Boolean ID DateTime FlowDate Email BigInt Decimal JSON "
    "Customer CustomerAddress Address Order OrderItem OrderAddress Cart CartItem Money Price Entry EntryReference "
    "Flow FlowField FlowFieldRule "
    "CustomerToken AccessToken Session Account AccountMember Promotion Product Transaction Payment Node PageInfo "
    "UserError UserErrorCode UserErrorCodeEnum CustomFieldValue FieldDefinition FieldRule FieldTypeEnum "
    "SchemaInfo SchemaProblem SchemaChange SchemaChangeLevel HeldSchema Problem Change "
    "FlowFieldTypeEnum FlowFieldRuleTypeEnum "
    "OrderStatusEnum OrderPaymentEnum OrderShippingEnum CartItemKindEnum "
    "OrderPrices CartPrices UnitPrices LinePrices CartContact OrderContact "
    "CartItemInput CartProductInput CartCustomItemInput CartPriceInput CartItemUpdateInput CartContactInput "
    "CartGuestInput BillingAddressInput ShippingAddressInput OrderPayReferenceInput "
    "OrderUpdateStatusEnum OrderUpdateShippingEnum OrderPayMethodEnum OrderPayGatewayEnum "
    "StringFilter ExactStringFilter IDFilter IDRangeFilter ExactIDFilter TextIDFilter IntRangeFilter "
    "DateTimeFilter OrderStatusFilter OrderPaymentFilter OrderShippingFilter "
    "CustomerTokenPasswordInput CustomerTokenOidcInput _Entity _Any _Service Warning Cost"
)

RESERVED_ROOTS = frozenset(
    (
        "me customer customers order orders cart carts fieldDefinitions schemaInfo flows flow node nodes address "
        "addresses session account accounts product products promotion promotions "
        "customerAddress customerCreate customerUpdate customerDelete customerTokenCreate accessTokenCreate "
        "customerAddressCreate customerAddressUpdate customerAddressDelete cartCreate cartUpdate cartDelete "
        "cartItemsAdd cartItemsUpdate "
        "cartItemsRemove cartPromotionAdd "
        "cartCustomerAssociate cartCustomerDissociate cartCheckout orderPay orderUpdate orderConfirm "
        "orderRelationshipSet cartRelationshipSet "
        "flowCreate flowUpdate flowDelete flowFieldCreate flowFieldUpdate flowFieldDelete "
        "customerChanged orderChanged schemaChanged _service _entities"
    ).split()
)

RESERVED_TYPES = frozenset(_TYPES.split()) | {
    name[0].upper() + name[1:] for name in RESERVED_ROOTS if not name.islower()
}
"""Mutations name their inputs and payloads: their own names count as types."""

FOREIGN_NAMES = frozenset(
    "constructor toString toLocaleString valueOf hasOwnProperty isPrototypeOf propertyIsEnumerable".split()
)
"""What every object of JavaScript has: an input field of such a name makes no object fit its TypeScript type."""
