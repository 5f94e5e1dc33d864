//! Modules, classes and templates that lead back to themselves.

use super::project::Project;

#[test]
fn imports() {
    let project = Project::new(&[
        ("shop/a.py", "from shop.b import x\nfrom shop.a import y as y\n\ndef f():\n    return x.objects.all()\n"),
        ("shop/b.py", "from shop.c import x\n"),
        ("shop/c.py", "from shop.a import x\nimport shop.c as c\nz = c.c.c.z\n"),
        ("shop/d.py", "from shop.e import *\n"),
        ("shop/e.py", "from shop.f import *\nfrom shop.e import *\n"),
        ("shop/f.py", "from shop.d import *\nfrom shop.models import *\n"),
        (
            "shop/g.py",
            "from shop.d import Book, nothing\n\ndef g():\n    for b in Book.objects.all():\n        nothing(b.author.name)\n",
        ),
        ("shop/__init__.py", "from . import *\nfrom .shop import shop\n"),
    ]);
    project.check(&[]).finds_the_shop();
}

#[test]
fn classes() {
    let project = Project::new(&[
        ("shop/a.py", "from shop.b import B\n\nclass A(B): pass\nclass Me(Me): pass\nclass In(In.In): pass\n"),
        ("shop/b.py", "from shop.a import A\n\nclass B(A): pass\n"),
        (
            "shop/c.py",
            "from django.db import models\n\nclass X(Y): pass\nclass Y(Z): pass\nclass Z(X, models.Model):\n    \
             x = models.ForeignKey(\"X\", models.CASCADE)\n    y = models.OneToOneField(\"self\", models.CASCADE, parent_link=True)\n\n\
             def f():\n    for x in X.objects.all():\n        print(x.x.y.x, x.y.nothing)\n",
        ),
        (
            "shop/d.py",
            "x = y\ny = z\nz = x\nclass W(x): pass\nT = list[\"T\"]\ndef f(a: \"T\"):\n    for b in a: print(b.c)\n",
        ),
        (
            "shop/e.py",
            "def f(a): return g(a)\ndef g(a): return h(f(a))\ndef h(a): return f(g(h(a)))\nclass P:\n    @property\n    def p(self): return self.p.p\n    def __getattr__(self, name): return getattr(self, name)\nf(P().q)\n",
        ),
    ]);
    project.check(&[]).finds_the_shop();
}

#[test]
fn templates() {
    let project = Project::new(&[(
        "shop/pages.py",
        "from django.shortcuts import render\nfrom shop.models import Book\n\ndef a(request):\n    \
         return render(request, \"a.html\", {\"books\": Book.objects.all()})\n\ndef j(request):\n    \
         return render(request, \"j.html\", {\"books\": Book.objects.all()})\n",
    )]);
    let django = "{% extends \"b.html\" %}{% block x %}{{ block.super }}{% for b in books %}{{ b.author.name }}{% include \"a.html\" %}{% endfor %}{% endblock %}";
    let jinja = "{% extends \"j.html\" %}{% import \"j.html\" as j %}{% macro m(a) %}{{ m(a) }}{{ j.m(a) }}{% endmacro %}{% block x %}{{ super() }}{{ self.x() }}{{ m(1) }}{% include \"j.html\" %}{% endblock %}";
    project.write("shop/templates/a.html", django);
    project.write("shop/templates/b.html", django.replace("b.html", "a.html"));
    project.write("shop/jinja2/j.html", jinja);
    project.check(&[]).finds_the_shop();
    // Each page includes ten others: walked through, they would be without end.
    let pages = |page: usize| {
        (0..10).map(|other| format!("{{% include \"p{}.html\" %}}", (page * 7 + other) % 40)).collect::<String>()
    };
    (0..40).for_each(|page| project.write(&format!("shop/templates/p{page}.html"), pages(page)));
    project.write("shop/templates/a.html", "{% include \"p0.html\" %}");
    project.check(&[]).finds_the_shop();
}
