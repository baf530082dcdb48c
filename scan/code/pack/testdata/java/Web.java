package shop;

import java.io.*;
import java.sql.Connection;
import javax.servlet.http.*;
import org.owasp.encoder.Encode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.*;
import org.springframework.web.bind.annotation.*;
import org.springframework.web.servlet.view.RedirectView;
import org.springframework.web.util.HtmlUtils;

@RestController
public class Web {
    private static final Logger log = LoggerFactory.getLogger(Web.class);
    private Connection connection;

    void page(HttpServletRequest request, HttpServletResponse response) throws Exception {
        String name = request.getParameter("name");
        // ruleid: java-xss
        response.getWriter().println("<p>Hello " + name + "</p>");
        // ok: java-xss
        response.getWriter().println("<p>Hello " + Encode.forHtml(name) + "</p>");
        PrintWriter out = response.getWriter();
        // ruleid: java-xss
        out.write(name);
        // ok: java-xss
        out.write(HtmlUtils.htmlEscape(name));
    }

    void json(HttpServletRequest request, HttpServletResponse response) throws Exception {
        response.setContentType("application/json");
        // ok: java-xss
        response.getWriter().print(request.getParameter("name"));
    }

    @GetMapping("/hello")
    String hello(@RequestParam String name) {
        // ruleid: java-xss
        return "<p>Hello " + name + "</p>";
    }

    @GetMapping(value = "/text", produces = MediaType.TEXT_PLAIN_VALUE)
    String text(@RequestParam String name) {
        // ok: java-xss
        return "Hello " + name;
    }

    void onward(HttpServletRequest request, HttpServletResponse response) throws Exception {
        // ruleid: java-open-redirect
        response.sendRedirect(request.getParameter("next"));
        // ok: java-open-redirect
        response.sendRedirect("/orders?id=" + request.getParameter("id"));
        // ruleid: java-open-redirect
        new RedirectView(request.getParameter("next"));
        if (request.getParameter("next") == null) {
            // ok: java-open-redirect
            response.sendRedirect("/start");
        }
    }

    void headers(HttpServletRequest request, HttpServletResponse response) {
        String language = request.getParameter("language");
        // ruleid: java-header-injection
        response.setHeader("Content-Language", language);
        // ok: java-header-injection
        response.setHeader("Content-Language", language.replaceAll("[\\r\\n]", ""));
        // ruleid: java-cors-reflected-origin, java-header-injection
        response.setHeader("Access-Control-Allow-Origin", request.getHeader("Origin"));
        // ok: java-cors-reflected-origin
        response.setHeader("Access-Control-Allow-Origin", "https://shop.example.com");
    }

    void logs(HttpServletRequest request) {
        String name = request.getParameter("name");
        // ruleid: java-log-injection
        log.info("user " + name);
        // ok: java-log-injection
        log.info("user {}", name.replaceAll("[\r\n]", "_"));
    }

    void session(HttpServletRequest request) {
        // ruleid: java-trust-boundary
        request.getSession().setAttribute("role", request.getParameter("role"));
        // ok: java-trust-boundary
        request.getSession().setAttribute("page", Integer.valueOf(request.getParameter("page")));
    }

    void settings(HttpServletRequest request) throws Exception {
        // ruleid: java-external-configuration
        connection.setCatalog(request.getParameter("catalog"));
        // ok: java-external-configuration
        connection.setCatalog("shop");
    }
}
