"use strict";

const place = document.getElementById("interface");
SwaggerUIBundle({ url: place.dataset.openapi, domNode: place, deepLinking: false, supportedSubmitMethods: ["get", "post", "patch", "delete"], validatorUrl: null });
