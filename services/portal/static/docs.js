// Draws the API's documentation from the OpenAPI document of this node.
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  // The page sends no request of its own accord, and to no other host.
  validatorUrl: null,
  syntaxHighlight: { theme: "agate" },
});
