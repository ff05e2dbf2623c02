"use strict";

const place = document.getElementById("interface");

// Swagger UI takes the page for its own: its first heading is put below ours.
const fitIn = () => {
  const title = place.querySelector(".info .title");
  title?.setAttribute("role", "heading");
  title?.setAttribute("aria-level", "2");
};

SwaggerUIBundle({
  url: place.dataset.openapi,
  domNode: place,
  deepLinking: false,
  validatorUrl: null,
  supportedSubmitMethods: ["get", "post", "put", "patch", "delete"],
  onComplete: fitIn,
});
