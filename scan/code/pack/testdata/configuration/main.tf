resource "aws_s3_bucket_acl" "a" {
  # ruleid: terraform-public-bucket
  acl = "public-read"
}
resource "aws_s3_bucket_acl" "b" {
  # ok: terraform-public-bucket
  acl = "private"
}
resource "aws_security_group" "a" {
  # ruleid: terraform-open-port
  ingress {
    from_port   = 22
    to_port     = 22
    cidr_blocks = ["10.0.0.0/8", "0.0.0.0/0"]
  }
  # ok: terraform-open-port
  ingress {
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["0.0.0.0/0"]
  }
  # ok: terraform-open-port
  egress {
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_db_instance" "a" {
  # ruleid: terraform-public-database
  publicly_accessible = true
  # ruleid: terraform-unencrypted
  storage_encrypted = false
}
resource "aws_db_instance" "b" {
  # ok: terraform-public-database
  publicly_accessible = false
  # ok: terraform-unencrypted
  storage_encrypted = true
}
resource "aws_iam_policy" "a" {
  policy = jsonencode({
    Statement = [
      # ruleid: terraform-policy-all
      { Effect = "Allow", Action = "*", Resource = "*" },
      # ok: terraform-policy-all
      { Effect = "Allow", Action = ["s3:Get"], Resource = "*" },
    ]
  })
}
data "aws_iam_policy_document" "a" {
  # ruleid: terraform-policy-all
  statement {
    actions   = ["*"]
    resources = ["*"]
  }
  # ok: terraform-policy-all
  statement {
    effect    = "Deny"
    actions   = ["*"]
    resources = ["*"]
  }
}
resource "aws_cloudfront_distribution" "a" {
  viewer_certificate {
    # ruleid: terraform-weak-tls
    minimum_protocol_version = "TLSv1"
  }
}
resource "aws_cloudfront_distribution" "b" {
  viewer_certificate {
    # ok: terraform-weak-tls
    minimum_protocol_version = "TLSv1.2_2021"
  }
}
resource "aws_cloudtrail" "a" {
  # ruleid: terraform-log-off
  enable_logging = false
}
resource "aws_cloudtrail" "b" {
  # ok: terraform-log-off
  enable_logging = true
}
