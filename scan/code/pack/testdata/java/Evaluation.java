package shop;

import freemarker.template.Template;
import freemarker.template.Configuration;
import groovy.lang.GroovyShell;
import java.io.StringReader;
import java.util.Map;
import java.util.regex.Pattern;
import javax.script.*;
import javax.servlet.http.*;
import org.springframework.expression.spel.standard.SpelExpressionParser;
import org.springframework.expression.spel.support.SimpleEvaluationContext;
import org.springframework.web.bind.annotation.*;

@RestController
public class Evaluation {
    private ScriptEngine engine;
    private Configuration templates;
    private Map<String, Class<?>> classes;

    void scripts(HttpServletRequest request) throws Exception {
        // ruleid: java-code-injection
        engine.eval(request.getParameter("formula"));
        // ok: java-code-injection
        engine.eval("1 + 1");
        // ruleid: java-code-injection
        new GroovyShell().evaluate(request.getParameter("script"));
    }

    @PostMapping("/value")
    Object value(@RequestBody String expression) {
        // ruleid: java-code-injection
        return new SpelExpressionParser().parseExpression(expression).getValue();
    }

    @PostMapping("/safe")
    Object safe(@RequestBody String expression) {
        SimpleEvaluationContext context = SimpleEvaluationContext.forReadOnlyDataBinding().build();
        // ok: java-code-injection
        return new SpelExpressionParser().parseExpression(expression).getValue(context);
    }

    void render(HttpServletRequest request) throws Exception {
        // ruleid: java-template-injection
        new Template("mail", new StringReader(request.getParameter("body")), templates);
        // ok: java-template-injection
        new Template("mail", new StringReader("Hello ${name}"), templates);
    }

    void reflect(HttpServletRequest request) throws Exception {
        String name = request.getParameter("kind");
        // ruleid: java-unsafe-reflection
        Class.forName("shop.kind." + name);
        // ok: java-unsafe-reflection
        Class.forName(classes.containsKey(name) ? "shop.kind.Known" : "shop.kind.Other");
    }

    void match(HttpServletRequest request, String text) {
        String words = request.getParameter("words");
        // ruleid: java-regex-injection
        Pattern.compile(words).matcher(text).find();
        // ok: java-regex-injection
        Pattern.compile(Pattern.quote(words)).matcher(text).find();
    }

    String format(HttpServletRequest request, String name) {
        // ruleid: java-format-injection
        String greeting = String.format(request.getParameter("greeting"), name);
        // ok: java-format-injection
        return greeting + String.format("%s, %s", request.getParameter("greeting"), name);
    }
}
